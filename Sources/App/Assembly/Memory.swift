// SPDX-License-Identifier: Apache-2.0
// What becomes of memory that is not needed any more.
import CMemory
import ServiceLifecycle

/// The program's habits with memory.
enum Memory {
    /// Keeps what was freed for the next request, up to a bound, instead of giving it back to the kernel after each.
    ///
    /// A server frees as much as it asks for, many times a second. With glibc's defaults every survey cost three calls
    /// to give pages back and fifty page faults to get them again: a tenth of its CPU. Few arenas bound what is kept.
    static func keepFreed() {
        _ = mallopt(M_TRIM_THRESHOLD, 2 << 20)
        _ = mallopt(M_TOP_PAD, 256 << 10)
        _ = mallopt(M_MMAP_THRESHOLD, 256 << 10)
        _ = mallopt(M_ARENA_MAX, 2)
    }

    /// Gives back what was freed, and the pages of code and constants. What runs takes its own again.
    static func letGo() {
        _ = malloc_trim(0)
        _ = memory_let_go_of_code()
    }
}

/// Gives back what is not needed any more while the program runs: what only its start needed, two thirds of all that it
/// holds by then, and what a busy time has left behind.
struct MemoryUpkeep: ServiceLifecycle.Service {
    /// With less than this there is nothing to gain.
    private static let little = 40 << 20
    private static let pause = Duration.seconds(1)
    /// Where giving back has not helped, so much is needed.
    private static let longPause = Duration.seconds(30)

    func run() async {
        await cancelWhenGracefulShutdown {
            var pause = Self.pause
            while (try? await Task.sleep(for: pause)) != nil {
                pause = Self.pause
                guard memory_held() > Self.little else { continue }
                Memory.letGo()
                if memory_held() > Self.little { pause = Self.longPause }
            }
        }
    }
}
