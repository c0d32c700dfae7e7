// SPDX-License-Identifier: Apache-2.0
// Small pictures of every kind that is read, and some that only pretend.
import Foundation

/// Files for tests about pictures.
enum SamplePicture {
    /// 40 × 24 with alpha, 300 dots an inch, and a comment that holds a script.
    static let png = file(
        """
        iVBORw0KGgoAAAANSUhEUgAAACgAAAAYCAYAAACIhL/AAAAALXRFWHRDb21tZW50ADxzY3JpcHQ+YWxlcnQoMSk8L3NjcmlwdD4g\
        NTUuNzUsMzcuNjH/dDoEAAAACXBIWXMAAC4jAAAuIwF4pT92AAABH0lEQVR4nM2V227CMAyG/w7GoEBbaBcKExNiqvb+Tzgu6mRW\
        SXMsai4+2XVs5VN6ygD8rQDMQLYCGhtL5ACQJQsTfEuSgeAiOTSCy6QYEXxPBoPgTO/2AIvgx0ysVe4guH4xG02tU7mj4GZicpbf\
        jL0egnkkW5Zfnec8BbcB7CheguYDBHeO7Cm2HjPPBAruDRQUhaXPjQjBQkMJoBlZ86FUeaRgSVQUa1bzpWJ5p/IJBA9EFYicvWvX\
        IwXlBiEcKd6MfROcYMU2dKUG8O3UGyEonzkuWFtoKF4densCBQvabHiCUkLHJ4Avw7p+ZuJbXONfhiPQ/0mG9TEExd8QQfkRtgkK\
        4gTgzK5NnCh2qvbCExTof3MtbWyjBfDzVH8A0LcnNpRk6fkAAAAASUVORK5CYII=
        """)
    /// 16 × 12, with a comment.
    static let jpeg = file(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD//gAOc2VjcmV0IHBsYWNl/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0s\
        MzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/9sAQwEODg4TERMmFRUmTzUtNU9PT09PT09PT09PT09PT09PT09PT09PT09P\
        T09PT09PT09PT09PT09PT09PT09PT09P/8AAEQgADAAQAwEiAAIRAQMRAf/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkK\
        C//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2\
        Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TF\
        xsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/EAB8BAAMBAQEBAQEBAQEAAAAAAAABAgMEBQYHCAkKC//EALURAAIB\
        AgQEAwQHBQQEAAECdwABAgMRBAUhMQYSQVEHYXETIjKBCBRCkaGxwQkjM1LwFWJy0QoWJDThJfEXGBkaJicoKSo1Njc4OTpDREVG\
        R0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoKDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT\
        1NXW19jZ2uLj5OXm5+jp6vLz9PX29/j5+v/aAAwDAQACEQMRAD8A5uy0bdjK1s2ukJ2jz7ngVtWltF5Sjb1PNbFvbxcnb904Fc7x\
        CjBaf1uZZZmU7o//2Q==
        """)
    /// The same in several passes.
    static let progressive = file(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO\
        UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P\
        T09PT09PT0//wgARCAAMABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABAX/xAAVAQEBAAAAAAAAAAAAAAAAAAACA//a\
        AAwDAQACEAMQAAABmsayY//EABgQAQADAQAAAAAAAAAAAAAAAAIAAQMR/9oACAEBAAEFAhjDlCa4TU//xAAWEQEBAQAAAAAAAAAA\
        AAAAAAAEAAH/2gAIAQMBAT8BMnb/xAAXEQADAQAAAAAAAAAAAAAAAAAAARET/9oACAECAQE/AdIj/8QAFhAAAwAAAAAAAAAAAAAA\
        AAAAABAx/9oACAEBAAY/AiP/xAAaEAEAAQUAAAAAAAAAAAAAAAAAEQEhMUFR/9oACAEBAAE/IZNKZEWcGH//2gAMAwEAAgADAAAA\
        EHf/xAAWEQADAAAAAAAAAAAAAAAAAAAAARH/2gAIAQMBAT8QtR//xAAYEQACAwAAAAAAAAAAAAAAAAAAASEx8P/aAAgBAgEBPxBo\
        mNZ//8QAGRAAAgMBAAAAAAAAAAAAAAAAAAERIUFh/9oACAEBAAE/EK0jHLrpEe07LL0hH//Z
        """)
    /// 16 × 12 with a palette and clear pixels.
    static let gif = file(
        """
        R0lGODlhEAAMAIcAAE8FBwwFAQwZBQwtCQxBDQxVESoFAyoZESpBLVcZI0gtNkhBTleRyXUFCnUZMHUtV5QFDZQtb5RV1JR+MQVp\
        CRNpIQV9ChN9KAWRCxORLwWlDROlNQW5DxO5PAXNERPNQgXhEhPhSCItGjItJSJVMTJVRiJpPDJpVyJ9SDJ9ZyKRUzKReCKlXzKl\
        iCK5ajK5mSLNdjLNqyLhgTLhwEAZGl4tR15BZkBVW1BVcV5VhkBpcVBpi15ppUB9hlB9pV59y0CRm16lRkCls1Cl3F65I1C5skC5\
        zl7NPFDNRUDN3VDhKl7hYkDhv25Bd3xBh25Vm3xVsW5pw3xp5Hx9dG594HyRIW6RWG6lH3ylWG65UXy5gG7NeHzNrm7hm3zh2owZ\
        OZ0ZQIxBl51CrJ1qSYxpvIyRUJ2TeYylgJ2nsoy5tp27xYzN2J3QUZ3kOYzhfLkHD6kFD7kXTakYRaktfrkui6lBvblF0LlVZKlV\
        t7lsNqlpK6l8YLl7g6mQm7mSyLmqmqmk1bm5Jqm5YanNNbnQc6ngerngwckEENcGE8kYUtcYV8ktmNcup9dBuslBzclSKddVO8lq\
        Xtdndsl/rNd9xcmPpNeRa8mkINekRsm0ate4nsnNudfMuMneqNfgNuQEFeQYXuQtt+RBd+RVOeRpk+R9zeSQPOSkduS5xeTNaOTf\
        UwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAEAAKsALAAAAAAQAAwAAAjaAAMEMGAAgMEGDSBAgPPmEKJPAgQcOEAj\
        QQIHDr6AkRMnkSJQAwaIGKFAQY0HDyJEmENnEaNQBAggQLBggY0mTsKIqWPHUSNRBQqQKHEDR44nUCRIwHPnEaRRFCqYOKFjB48o\
        UsiM0ZMnkiRSFi6gSNHDxw8qUyZM2MNnEqVSGDKoWAGEAQMrVcqY6eOnkiVTGjawaCFkSJArWM6gAfTnEqZTHDq4eGGkCJEsWtKo\
        ERQokyZUHj7AiJEEyZEtXNawGURoE6dUIELImMFEyZIuXty0KWSokydVAQEAOw==
        """)
    /// 16 × 12.
    static let webpLossy = file(
        """
        UklGRmIAAABXRUJQVlA4IFYAAAAwAgCdASoQAAwAAsBMJbACdAEPDEe7YA5bwAD+98hFJ9xcIzBWr8DDlK18MI3xndqL8d1PfYiS\
        950Lyjv+fegIGsfjf4PX+nnH8v/lzO//azLdJ4AAAA==
        """)
    /// 16 × 12 with alpha.
    static let webpLossless = file(
        """
        UklGRkoBAABXRUJQVlA4TD4BAAAvD8ACELkyRPQ/dtUvfvQ/4CCSJEXKgX8F69/nMXtQ3LaNm+K1X9rBsW3btDT+v2fvx29mKPXA\
        dmwb2U/LipxVXKNaYKQ1qgHsgCu3DbJgkInk0JU/UBAK07ZhsttTfk8o0GBA0Z0KDPkk5DnYNkiWvj3ZAQAAQoFQIAABHcRG12Dn\
        lGgACEBAAIQAoKBBSbTTBcvBMBACgIDXHx2Gotk8OFwIGwZCQK8FYeMLB1ZLwr6SgVyfwICFPUxBU7KFLjNIcc8bALDxjkGcCIV2\
        ZVZRf0pw2l0bAEJACGxcYRgJVCOAP8Uy2dE2HfY9b3T8oR8xNOMTBhzass2KXZXQbSAAAWFiFxpq8AY3zoUxs38hqXmED3dA/GIa\
        BXBDw4uQdMhUBiRlcYgFAwAAJo6hUIpfGJhErkOHjSGsKIt2dQA=
        """)
    /// Two frames.
    static let animatedWebp = file(
        """
        UklGRmQBAABXRUJQVlA4WAoAAAACAAAADwAACwAAQU5JTQYAAAAAAAAAAABBTk1GkAAAAAAAAAAAAA8AAAsAAGQAAAJWUDggeAAA\
        APABAJ0BKhAADAABQCYlsAADYv4g9XS+GAD+/l3E+zRJQGC/Tw/TJgh3/zOKMU8lFIP+37vzVuhMaYgmJjfpXGalf9qX/c/9PYdv\
        fmWMofyd99l4Pa86oSCf/Q9f+f+W6/8N+1P/3C/hYia//6QeTCBSdTJ5p+xYAEFOTUagAAAAAAAAAAAADwAACwAAZAAAAFZQOCCI\
        AAAAFAIAnQEqEAAMAAAAJiWwAANf7sejNuQKAAD+/i53TvfhOyX39MbbyBGtm7kL/6GGVS3/5A1V0zhMxmJaICdmYFWX3o84Goas\
        U/xSTrSj/4/5txzG3u2V8eYWzP04U06Bi2RCu9Iynf/+JYKon8nf19RtHViGcv7i9jP6KfbvTLWt7+Z39QAAAA==
        """)
    /// A PNG of eight colours.
    static let palette = file(
        """
        iVBORw0KGgoAAAANSUhEUgAAABAAAAAMBAMAAACZySCyAAAAGFBMVEUbGQsUWh1aFBxVUmVgYZYMpSGeJWCbTbD/tsLcAAAACHRS\
        TlP////////39zWDUO4AAABESURBVHicZcbBDUBAEADAsbn4b6ICFUi0oAUtqEdXuhBtXCJ4+DGvaehdBwEWCvYWJeXYJeGWdSVo\
        zq0iTQaYvcI3fw/h9QoIQKmWBwAAAABJRU5ErkJggg==
        """)
    /// A PNG without colours.
    static let gray = file(
        """
        iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAAAAABOjGJdAAAAf0lEQVR4nDXDWwrCABADQKtJNvtQev9rivhoFT9EmFkIkATBHzQp\
        /pIiMZL4HxJGIYVCkoXTjokIWRHWYX+JmLAjbB/uizKMsW1nPPZKp4lxpguP45qZy2fDZGbWlZ3l59uFyao6bpWtJ9dOTFXX9TJV\
        N3drw1QP9pp++dy85ReegRixpcee/AAAAABJRU5ErkJggg==
        """)
    /// A PNG whose one colour stands for nothing.
    static let clear = file(
        """
        iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAABnRSTlMA/wAAAACkwsAdAAAAEklEQVR4nGP8z4AdMOEQH6QSAM1B\
        AQ/oQeJvAAAAAElFTkSuQmCC
        """)
    /// A PNG of 16 bits.
    static let sixteen = file(
        """
        iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIEAAAAACx9D0UAAAAE0lEQVR4nGPkX8CAApgYGAZCAABgcQC/wgTW5AAAAABJRU5ErkJg\
        gg==
        """)

    private static func file(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }

    /// A PNG's head that says it is so large; what follows is nothing.
    static func huge(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        var file = Array(png.prefix(16))
        for number in [width, height] { for shift in [24, 16, 8, 0] { file.append(UInt8(number >> shift & 0xFF)) } }
        return file + [8, 6, 0, 0, 0] + Array(png.dropFirst(29))
    }

    /// A GIF whose screen is small and whose first frame is not.
    static var hugeFrame: [UInt8] {
        guard let place = gif.indices.dropFirst(13).first(where: { gif[$0] == 0x2C && gif[$0 + 1] == 0 }) else {
            return []
        }
        var file = gif
        file.replaceSubrange(place + 5..<place + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
        return file
    }
}
