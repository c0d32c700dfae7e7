# SPDX-License-Identifier: Apache-2.0
"""Files that nobody would export are brought to a running server's import of forms: each is refused with its reason,
nothing is stored, and the server's memory stays as it was."""
import argparse
import io
import json
import os
import pathlib
import re
import struct
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid
import warnings
import zipfile
import zlib

from editor_story import png
from otklik_server import Browser, Server

# What all of the files together may add to the server's memory at its highest.
GROWTH_MIB = 64
MIB = 1024 * 1024


def form(title="Опрос", version=1, **more):
    blocks = [{"key": "text", "kind": "text", "text": title, "isRequired": False, "options": []}]
    languages = [{"language": "ru", "title": title, "blocks": blocks}]
    return json.dumps(
        {"otklikForm": version, "validDays": 30, "editHours": 0, "fields": [], "languages": languages, **more})


def packed(*entries, mode=0o100644):
    """A zip of names and contents, whatever they are."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # Two entries of one name.
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def many(count):
    """A zip of empty files without names, as small as zips of so many entries can be."""
    head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    files = (b"PK\3\4" + head) * count
    directory = b"".join(b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, place * 30)
                         for place in range(count))
    large = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), len(files))
    place = struct.pack("<IQI", 0, len(files) + len(directory), 1)
    end = struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(files), 0)
    return files + directory + b"PK\6\6" + large + b"PK\6\7" + place + b"PK\5\6" + end


def with_wrong_sums(file):
    """The same with other checksums in both of its heads."""
    file = bytearray(file)
    for mark, offset in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
        place = file.find(mark) + offset
        file[place] ^= 0xFF
    return bytes(file)


def with_size(file, size):
    """The same, saying that its only entry is so large."""
    file = bytearray(file)
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = file.find(mark) + offset
        file[place:place + 4] = struct.pack("<I", size)
    return bytes(file)


def huge_picture():
    """A picture that says it has 30,000 × 30,000 pixels."""
    file = bytearray(png(3_000, 3_000, (255, 0, 0)))
    file[16:24] = struct.pack(">II", 30_000, 30_000)
    file[29:33] = struct.pack(">I", zlib.crc32(file[12:29]))
    return bytes(file)


def wide(start, one, end, size=8 * MIB - 1024):
    """A text of many small values, as long as `form.json` may be."""
    return start + ",".join([one] * ((size - len(start) - len(end)) // (len(one) + 1))) + end


def files():
    """What each file is, the file, and a part of the sentence that refuses it."""
    good = form()
    script = "<script>alert(1)</script>"
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    block = '{"key": "a", "kind": "text", "text": "", "isRequired": false, "options": []}'
    evil = '{"otklikForm": 1, "evil": ['
    languages = '{"otklikForm": 1, "validDays": 30, "editHours": 0, "fields": [], "languages": ['
    blocks = languages + '{"language": "ru", "title": "A", "blocks": ['
    yield "not a zip", b"PK\3\4 and nothing", "не файл ZIP"
    yield "traversal", packed(("../../../../tmp/otklik-was-here", good)), "../../../../tmp/otklik-was-here"
    yield "absolute name", packed(("/tmp/otklik-was-here", good)), "/tmp/otklik-was-here"
    yield "backslashes", packed(("..\\..\\form.json", good)), "form.json"
    yield "script as a name", packed((script, good)), "&lt;script&gt;"
    yield "bomb", packed(("form.json", b" " * (256 * MIB))), "form.json"
    yield "lying bomb", with_size(packed(("form.json", b" " * (256 * MIB))), 100), "form.json"
    yield "100,000 entries", many(100_000), "100000"
    yield "wrong checksum", with_wrong_sums(packed(("form.json", good))), "повреждён"
    yield "symlink", packed(("form.json", "/etc/passwd"), mode=0o120777), "не обычный файл"
    yield "nested zip", packed(("form.json", good), ("form.zip", packed(("form.json", good)))), "form.zip"
    yield "zip as form", packed(("form.json", packed(("form.json", good)))), "не удалось прочитать"
    yield "JSON of 50 MB", packed(("form.json", wide("[", "1", "]", 50 * MIB))), "больше 8192 КБ"
    yield "JSON of 8 MB of numbers", packed(("form.json", wide(evil, "1", "]}"))), "слишком много значений"
    yield "JSON of 8 MB of texts", packed(("form.json", wide(evil, '""', "]}"))), "слишком много значений"
    yield "JSON of 8 MB of lists", packed(("form.json", wide(evil, "[]", "]}"))), "слишком много значений"
    yield "JSON of 8 MB of blocks", packed(("form.json", wide(blocks, block, "]}]}"))), "слишком много значений"
    names = ",".join(f'"a name of some length {place}": 1' for place in range(199_990))
    yield "JSON of 200,000 names", packed(("form.json", '{"otklikForm": 1, ' + names + "}")), "неизвестное «a name of"
    options = blocks + '{"key": "a", "kind": "radio", "text": "A", "isRequired": false, "options": ['
    option = '{"text": "an option of some length"}'
    yield "JSON of 99,000 options", packed(("form.json", wide(options, option, "]}]}]}", 99_000 * (len(option) + 1)))), "не больше 100"
    yield "JSON of 28,000 blocks", packed(("form.json", wide(blocks, block, "]}]}", 28_000 * (len(block) + 1)))), "не больше 200"
    title = languages + '{"language": "ru", "blocks": [], "title": "'
    yield "JSON of a title of 8 MB", packed(("form.json", title + "я" * (4 * MIB - 100) + '"}]}')), "не больше 200 символов"
    fields = '{"otklikForm": 1, "validDays": 30, "editHours": 0, "languages": [], "fields": ['
    field = '{"key": "a", "name": "%s", "kind": "average", "minimum": 1, "maximum": 7}' % ("x" * 600)
    yield "JSON of 12,000 fields", packed(("form.json", wide(fields, field, "]}"))), "field-file"
    yield "deep nesting", packed(("form.json", "[" * 8_000_000)), "не удалось прочитать"
    yield "deep objects", packed(("form.json", '{"a":' * 1_000_000)), "не удалось прочитать"
    yield "unknown version", packed(("form.json", form(version=99))), "99"
    yield "script as a version", packed(("form.json", form(version=script))), "&lt;script&gt;"
    yield "script as a key", packed(("form.json", form(**{script: 1}))), "&lt;script&gt;"
    yield "SVG as PNG", packed(("form.json", good), ("image.png", svg)), "SVG"
    yield "huge picture", packed(("form.json", good), ("image.png", huge_picture())), "30000 × 30000"
    yield "no picture", packed(("form.json", good), ("image.png", os.urandom(MIB))), "field-file"
    yield "picture of 9 MB", packed(("form.json", good), ("image.png", b"\x89PNG\r\n\x1a\n" + bytes(9 * MIB))), "image.png"
    yield "style that ends", packed(("form.json", good), ("style.css", "}</style>" + script)), "field-file"


class Importing:
    """An administrator at the import of forms."""

    def __init__(self, server):
        self.browser = Browser(server.address).sign_in(server)
        self.action = self.browser.open("/forms/import").form("file").action

    def send(self, name, file, fields="create"):
        """Sends a file as a browser would; gives the answer's status and page."""
        mark = uuid.uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                 for key, value in (("name", name), ("fields", fields))]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="form.zip"\r\n' \
            "Content-Type: application/zip\r\n\r\n"
        body = b"".join(parts) + head.encode() + file + f"\r\n--{mark}--\r\n".encode()
        request = urllib.request.Request(urllib.parse.urljoin(self.browser.url, self.action), data=body, headers={
            "Content-Type": f"multipart/form-data; boundary={mark}", "Sec-Fetch-Site": "same-origin"})
        try:
            with self.browser.opener.open(request, timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def forms(self):
        """The names in the list, the archive's as well."""
        pages = [self.browser.open(path).page for path in ("/forms", "/forms/archive")]
        return sorted(re.findall(r'/forms/(\d+)/deletion', pages[0])), "empty" in pages[1]


def memory(process, name):
    """A line of what the kernel knows about the process, in MiB."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", text).group(1)) / 1024


def forget_highest(process):
    """The highest memory counts from here (proc(5), clear_refs)."""
    pathlib.Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def stored(folder):
    """Everything under the data folder but what the server says and its database: where a file could have landed."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.name.startswith("otklik.sqlite"))


def walk(server, tells_each):
    importing = Importing(server)
    # What the first import of all needs (libraries, the decoding of a picture) is no growth.
    status, page = importing.send(
        "Хорошая", packed(("form.json", form("<script>alert(1)</script>")), ("image.png", png(900, 900, (1, 2, 3)))))
    assert status == 200 and "<script>alert" not in page, (status, page[:500])
    before, kept = importing.forms(), stored(server.data)
    forget_highest(server.process)
    start, highest, count = memory(server.process, "VmHWM"), 0, 0
    for what, file, sentence in files():
        if tells_each:
            forget_highest(server.process)
        status, page = importing.send("Чужая", file)
        assert status == 422 and "error-summary" in page, (what, status, page[:500])
        assert sentence in page, (what, sentence, re.sub("<[^>]+>", " ", page)[-1500:])
        assert "<script>alert" not in page, what
        # The page may keep the file, up to 1 MB of it.
        assert len(page) < 256 * 1024 + len(file) * 4 / 3, (what, len(page))
        grown, count = memory(server.process, "VmHWM") - start, count + 1
        highest = max(highest, grown)
        if tells_each:
            left = memory(server.process, "VmRSS") - start
            print(f"{what:26}{len(file) / MIB:6.2f} MiB, memory {grown:+6.1f} MiB, then {left:+6.1f}", flush=True)
    assert importing.forms() == before, "a form was stored"
    assert stored(server.data) == kept, (stored(server.data), kept)
    assert not pathlib.Path("/tmp/otklik-was-here").exists(), "a path was used as a path"
    assert highest < GROWTH_MIB, f"the memory has grown by {highest:.1f} MiB"
    print(f"{count} files refused; memory {start:.1f} MiB before, {highest:.1f} MiB more at its highest", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", action="store_true", help="tell how high the memory was with each file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otklik-hostile-") as folder:
        server = Server(f"{folder}/data").start()
        try:
            walk(server, options.each)
        finally:
            server.stop()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(str(error))
