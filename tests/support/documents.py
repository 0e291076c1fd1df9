#!/usr/bin/env python3
"""Makes the EPUB, DOCX, ODT and PDF files of tests/readers and sample_corpus. Same input, same bytes.

    python3 tests/support/documents.py
"""

import hashlib
import io
import struct
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]


def write(path, data):
    path = ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def packed(members, first=None):
    """A zip; `first` is (name, text), stored, as EPUB and ODF want their mimetype."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ([first] if first else []) + members:
            info = zipfile.ZipInfo(name, (2001, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if (name, data) == first else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


# --- EPUB ---------------------------------------------------------------------------------------------------------

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def page(title, body, kind=""):
    kind = f' epub:type="{kind}"' if kind else ""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>{title}</title>
<style>p {{ margin: 0 }}</style></head><body{kind}>{body}</body></html>"""


def epub(metadata, pages, names, version="3.0", extra=(), spine=None, missing=()):
    """`pages` is a list of (href, xhtml); `names` a list of (href, name) for the table of contents."""
    items = "".join(f'<item id="i{n}" href="{escape(href).replace(" ", "%20")}" media-type="application/xhtml+xml"/>' for n, (href, _) in enumerate(pages))
    refs = "".join(f'<itemref idref="i{n}"/>' for n in (spine or range(len(pages))))
    if version == "3.0":
        toc = ("nav.xhtml", page("Contents", '<nav epub:type="toc"><ol>' + "".join(f'<li><a href="{h}">{n}</a></li>' for h, n in names) + '</ol></nav><nav epub:type="landmarks"><ol><li><a href="' + names[0][0] + '">Start</a></li></ol></nav>'))
        items += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    else:
        points = "".join(f'<navPoint id="n{n}" playOrder="{n}"><navLabel><text>{name}</text></navLabel><content src="{href}#top"/></navPoint>' for n, (href, name) in enumerate(names))
        toc = ("toc.ncx", f'<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><docTitle><text>The book</text></docTitle><navMap>{points}</navMap></ncx>')
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    opf = f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="{version}" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata>
<manifest>{items}</manifest><spine toc="ncx">{refs}</spine></package>"""
    members = [("META-INF/container.xml", CONTAINER), ("OEBPS/content.opf", opf), ("OEBPS/" + toc[0], toc[1])]
    members += [("OEBPS/" + href, text) for href, text in pages if href not in missing]
    return packed(members + list(extra), ("mimetype", "application/epub+zip"))


# --- DOCX ---------------------------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'


def para(text, style="", properties=""):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = text if text.startswith("<") else f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{style}{properties}</w:pPr>{runs}</w:p>"


def docx(body, core, styles=(), footnotes=None, rels=True):
    members = [("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')]
    if rels:
        members.append(("_rels/.rels", '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'))
    members.append(("word/document.xml", f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {W}><w:body>{body}</w:body></w:document>'))
    named = "".join(f'<w:style w:type="paragraph" w:styleId="{i}"><w:name w:val="{n}"/></w:style>' for i, n in styles)
    members.append(("word/styles.xml", f"<w:styles {W}>{named}</w:styles>"))
    if footnotes:
        notes = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>-----</w:t></w:r></w:p></w:footnote>'
        notes += "".join(f'<w:footnote w:id="{n}">{para(t)}</w:footnote>' for n, t in enumerate(footnotes, 1))
        members.append(("word/footnotes.xml", f"<w:footnotes {W}>{notes}</w:footnotes>"))
    if core is not None:
        members.append(("docProps/core.xml", f'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>'))
    return packed(members)


def core(title, creator, created, keywords="", more=""):
    return f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator><cp:keywords>{keywords}</cp:keywords><cp:lastModifiedBy>Somebody Else</cp:lastModifiedBy><dcterms:created>{created}</dcterms:created><dcterms:modified>2030-01-01T00:00:00Z</dcterms:modified>{more}"


# --- ODT ----------------------------------------------------------------------------------------------------------

ODF = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def odt(text, meta, manifest="<manifest/>"):
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODF}><office:automatic-styles><style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/></office:automatic-styles><office:body><office:text>{text}</office:text></office:body></office:document-content>'
    members = [("content.xml", content), ("meta.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {ODF}><office:meta>{meta}</office:meta></office:document-meta>'), ("META-INF/manifest.xml", manifest)]
    return packed(members, ("mimetype", "application/vnd.oasis.opendocument.text"))


def fodt(text, meta):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {ODF} office:mimetype="application/vnd.oasis.opendocument.text"><office:meta>{meta}</office:meta><office:body><office:text>{text}</office:text></office:body></office:document>'.encode()


# --- PDF ----------------------------------------------------------------------------------------------------------


def rc4(key, data):
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


class Text:
    """The content of a page: words placed line by line, in Helvetica (WinAnsi)."""

    def __init__(self):
        self.parts = []

    def line(self, x, y, text, size=10, font="F1"):
        text = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        self.parts.append(b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font.encode(), size, x, y, text))
        return self

    def lines(self, x, y, texts, size=10, leading=12):
        for text in texts:
            if text:
                self.line(x, y, text, size)
            y -= leading
        return self

    def raw(self, data):
        self.parts.append(data)
        return self

    def bytes(self):
        return b"\n".join(self.parts)


def pdf(pages, info=None, xmp=None, password=None, images=False):
    objects = []

    def add(data):
        objects.append(data)
        return len(objects)

    key = None
    if password is not None:  # the standard handler, revision 2 (ISO 32000-1, 7.6.3)
        padded = (password.encode() + PADDING)[:32]
        owner = rc4(hashlib.md5(padded).digest()[:5], padded)
        key = hashlib.md5(padded + owner + struct.pack("<i", -4) + b"0123456789abcdef").digest()[:5]

    def stream(number, data, head=b""):
        packed = zlib.compress(data, 9)
        if key:
            packed = rc4(hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10], packed)
        return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (head, len(packed), packed)

    font = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    bold = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    image = add(b"") if images else None
    if images:
        objects[image - 1] = stream(image, bytes(64), b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8")
    tree = add(b"")
    kids = []
    for content in pages:
        number = add(b"")
        objects[number - 1] = stream(number, content.bytes())
        shown = b"/XObject << /I %d 0 R >>" % image if images else b""
        kids.append(add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R /F2 %d 0 R >> %s >> >>" % (tree, number, font, bold, shown)))
    objects[tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids))
    catalog = b"<< /Type /Catalog /Pages %d 0 R /Lang (en-GB)" % tree
    if xmp:
        number = add(b"")
        objects[number - 1] = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xmp), xmp)
        catalog += b" /Metadata %d 0 R" % number
    root = add(catalog + b" >>")
    trailer = b"/Root %d 0 R" % root
    if info:
        values = b" ".join(b"/%s (%s)" % (name.encode(), value.encode("latin-1")) for name, value in info.items())
        trailer += b" /Info %d 0 R" % add(b"<< " + values + b" >>")
    if key:
        user = rc4(key, PADDING)
        trailer += b" /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >> /ID [<%s> <%s>]" % (owner.hex().encode(), user.hex().encode(), b"0123456789abcdef".hex().encode(), b"0123456789abcdef".hex().encode())
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, data in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


# --- the cases ----------------------------------------------------------------------------------------------------

FERRY = "The ferry at Marram Point crossed the estuary for the last time on Saturday, with four cars, a pony and the band of the fire brigade on board. From Monday the new bridge, a mile upstream, carries all traffic between the two shores."
FERRY2 = "Its last master had steered the flat boat for thirty-one years. The town has offered him the post of bridge keeper; he has asked for a week to think about it, since a bridge, he says, does not go anywhere."
PEAT = "The cutters of Ollerdale will leave the upper moss to itself from this spring. A survey found that the bog has begun to grow again where drains were blocked six years ago, and that it holds more water in a dry June than the reservoir below."
BEES = "A beekeeper in Tarn has moved forty hives to the roof of the old gasworks. The lime trees of the avenue flower ten days earlier than those of the valley, and nobody sprays anything up there, he explains, except the pigeons."
TIDE = "The tide tables for the coming year are out, and with them a warning: the equinox in March brings the highest water since the wall was raised. The harbour office asks all owners to move small boats before the twentieth."


def cases():
    book = '<dc:identifier id="id">urn:isbn:9780000000001</dc:identifier><dc:language>en</dc:language>'
    write("tests/readers/epub/one_chapter/input.epub", epub(
        book + "<dc:title>The Last Ferry</dc:title><dc:creator>Ann Lee</dc:creator><dc:date>1987-05-02</dc:date>",
        [("cover.xhtml", page("Cover", '<img src="cover.jpg" alt="The last ferry"/>', "cover")), ("text.xhtml", page("Text", f"<h1>Chapter 1</h1><p>{FERRY}</p><p>{FERRY2}</p>"))],
        [("text.xhtml", "Chapter 1")]))
    imprint = "Copyright notice. All rights reserved. " + "No part of this issue may be kept in a system or sent on in any form without leave of the publisher. " * 3
    write("tests/readers/epub/magazine/input.epub", epub(
        book + '<dc:title>The Estuary Quarterly, Spring 1999</dc:title><dc:creator opf:role="aut">Ann Lee</dc:creator><dc:creator opf:role="aut">Bob Ray</dc:creator><dc:creator opf:role="ill">Cy Dow</dc:creator><dc:subject>Estuaries</dc:subject><dc:subject>Local history</dc:subject><dc:publisher>Marram Press</dc:publisher><dc:date>1999-03-21</dc:date>',
        [("cover.xhtml", page("Cover", "<p>Spring 1999</p>")), ("imprint.xhtml", page("Imprint", f"<p>{imprint}</p>", "copyright-page")),
         ("nav.xhtml", ""), ("a.xhtml", page("The Estuary Quarterly", f"<h2>From the moss</h2><p>{PEAT}</p><table><tr><td>Year</td><td>Water</td></tr><tr><td>1998</td><td>high</td></tr></table>")),
         ("b.xhtml", page("The Estuary Quarterly", f"<section epub:type='chapter'><h2>Hives &amp; lime trees</h2><p>{BEES}</p></section>")),
         ("c.xhtml", page("Advertisement", "<p>Boats for hire.</p>"))],
        [("a.xhtml", "The moss comes back"), ("b.xhtml#x", "Hives &amp; lime trees"), ("c.xhtml", "Small ads")], missing=("nav.xhtml",), extra=[]))
    write("tests/readers/epub/second_version_with_a_missing_chapter/input.epub", epub(
        '<dc:title>Tides</dc:title><dc:creator>unknown</dc:creator><dc:language>de</dc:language><dc:date opf:event="modification">2015-01-01</dc:date><dc:date opf:event="publication">2009</dc:date>',
        [("part one/ch 1.xhtml", page("x", f"<p>{TIDE}&nbsp;&mdash; The harbour office</p><br><p>{PEAT}")), ("part one/gone.xhtml", ""), ("part one/ch 2.xhtml", page("Second", f"<p>{FERRY}</p>"))],
        [("part%20one/ch%201.xhtml", "High water"), ("part%20one/gone.xhtml", "Lost")], version="2.0", missing=("part one/gone.xhtml",)))
    encryption = '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><enc:EncryptedData xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><enc:CipherData><enc:CipherReference URI="OEBPS/a.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>'
    write("tests/readers/epub/protected/input.epub", epub(book + "<dc:title>Locked</dc:title>", [("a.xhtml", "\x07\x08")], [("a.xhtml", "One")], extra=[("META-INF/encryption.xml", encryption)]))

    write("tests/readers/docx/plain/input.docx", docx(para(FERRY) + para(FERRY2), core("The Last Ferry", "Ann Lee", "1987-05-02T09:30:00Z", "ferries; bridges", "<cp:category>Transport</cp:category>")))
    box = f"<w:txbxContent>{para('Crossings since 1956: about 410,000.')}</w:txbxContent>"
    box = f"<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><wps:txbx>{box}</wps:txbx></mc:Choice><mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
    changes = '<w:r><w:t xml:space="preserve">The fare was </w:t></w:r><w:del><w:r><w:delText>two</w:delText></w:r></w:del><w:ins><w:r><w:t>three</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> shillings</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>' + box + '<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t xml:space="preserve"> for a cart.</w:t></w:r>'
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    table = "<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc>{para(c)}</w:tc>" for c in row) + "</w:tr>" for row in [("Year", "Cars"), ("1956", "3,100"), ("1986", "19,400")]) + "</w:tbl>"
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE \\* MERGEFORMAT</w:instrText></w:r><w:r><w:t>See the table.</w:t></w:r>'
    write("tests/readers/docx/title_style_table_notes_and_changes/input.docx", docx(
        para("Fähre am Marram Point", "Titel") + para("Inhalt 3", "Verzeichnis1") + para(FERRY) + para("Fares", "berschrift1") + para(changes) + para("carts", "", item) + para("cattle", "", item) + table + para(field) + '<w:p><w:r><w:t>Tab</w:t><w:tab/><w:t>and</w:t><w:br/><w:t>break, un</w:t><w:noBreakHyphen/><w:t>split.</w:t></w:r></w:p>',
        core("Microsoft Word - ferry_v3.doc", "Administrator", "1999-04-01T00:00:00Z"), styles=[("Titel", "Title"), ("Verzeichnis1", "toc 1"), ("berschrift1", "heading 1")], footnotes=["By the tariff of 1956.", "A second note."]))
    write("tests/readers/docx/nothing_but_the_document/input.docx", docx("<w:sdt><w:sdtContent>" + para(BEES) + "</w:sdtContent></w:sdt>" + para("R&D <b> costs 3 < 4"), None, rels=False))
    write("tests/readers/docx/with_a_password/input.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480))
    write("tests/readers/docx/a_spreadsheet/input.docx", packed([("[Content_Types].xml", "<Types/>"), ("_rels/.rels", '<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'), ("xl/workbook.xml", "<workbook/>")]))

    meta = "<dc:title>The Moss</dc:title><meta:initial-creator>Bob Ray</meta:initial-creator><dc:creator>Somebody Else</dc:creator><meta:keyword>peat</meta:keyword><meta:keyword>water, bogs</meta:keyword><meta:creation-date>2004-03-09T10:11:12.5</meta:creation-date><dc:date>2030-01-01T00:00:00</dc:date><dc:language>en-GB</dc:language><dc:subject>Nature</dc:subject>"
    write("tests/readers/odt/plain/input.odt", odt(f"<text:p>{PEAT}</text:p><text:p>{FERRY2}</text:p>", meta))
    rich = f'<text:tracked-changes><text:changed-region><text:deletion><text:p>gone for good</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p text:style-name="P1">Back to the<text:line-break/>Moss</text:p><text:table-of-content><text:index-body><text:p>Contents 1</text:p></text:index-body></text:table-of-content><text:h text:outline-level="1">A survey</text:h><text:p>{PEAT}<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Survey of the water board.</text:p></text:note-body></text:note> So<text:s text:c="2"/>much<text:tab/>water.<office:annotation><text:p>check this</text:p></office:annotation></text:p><text:list><text:list-item><text:p>drains</text:p></text:list-item><text:list-item><text:p>dams</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>June</text:p></table:table-cell><table:table-cell><text:p>wet</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>July</text:p></table:table-cell><table:table-cell><text:p>dry</text:p></table:table-cell></table:table-row></table:table><text:p>With a frame<draw:frame><draw:text-box><text:p>In the box.</text:p></draw:text-box></draw:frame> beside it.</text:p>'
    write("tests/readers/odt/title_table_notes_and_changes/input.odt", odt(rich, meta))
    write("tests/readers/odt/flat/input.fodt", fodt(f"<text:p>{TIDE}</text:p>", meta.replace("The Moss", "Tides")))
    write("tests/readers/odt/with_a_password/input.odt", odt("", "", "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"))

    pdf_cases()


def wrapped(text, width, hyphens=()):
    """Lines of at most `width` characters; words of `hyphens` (`un|divided`) are divided where they may be."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            split = next((h for h in hyphens if h.replace("|", "") == word.strip(".,")), None)
            head = split.split("|")[0] if split else None
            if head and len(line) + 2 + len(head) <= width + 3:
                lines.append(f"{line} {head}-")
                line = word[len(head):]
                continue
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line]


HYPHENS = ("es|tuary", "up|stream", "reser|voir", "bri|gade", "traf|fic", "sur|vey", "be|gun", "own|ers", "equi|nox", "warn|ing", "thir|ty-one", "aven|ue", "gas|works")


def pdf_cases():
    plain = Text().line(72, 760, "The Last Ferry", 20, "F2").lines(72, 720, wrapped(FERRY, 80)).lines(72, 660, wrapped(FERRY2, 80))
    info = {"Title": "Microsoft Word - ferry.doc", "Author": "Ann Lee", "Keywords": "ferries, bridges", "CreationDate": "D:19870502093000+01'00'"}
    write("tests/readers/pdf/title_in_large_type/input.pdf", pdf([plain], info))

    pages = []
    for number in range(4):
        text = Text().line(72, 800, "THE ESTUARY QUARTERLY" if number % 2 else "Spring 1999", 8).line(290, 40, f"- {number + 12} -", 8)
        left, right = (PEAT, BEES) if number % 2 == 0 else (TIDE, FERRY)
        top = 760
        if number == 0:
            text.line(72, 760, "The moss, the hives and the water", 18, "F2")
            top = 730
        # Line by line over both columns, as some programs write, but for the odd pages.
        one, two = wrapped(left + " " + FERRY2, 42, HYPHENS), wrapped(right + " " + FERRY2, 42, HYPHENS)
        if number % 2:
            text.lines(72, top, one).lines(312, top - 4, two)
        else:
            for at in range(max(len(one), len(two))):
                for x, column in ((72, one), (312, two)):
                    if at < len(column):
                        text.line(x, top - 12 * at, column[at])
        pages.append(text)
    xmp = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="1999-03-01T00:00:00Z"><dc:creator><rdf:Seq><rdf:li>Ann Lee</rdf:li><rdf:li>Bob Ray</rdf:li></rdf:Seq></dc:creator><dc:subject><rdf:Bag><rdf:li>peat</rdf:li><rdf:li>bees</rdf:li></rdf:Bag></dc:subject><prism:publicationDate>1999-03-21</prism:publicationDate><prism:publicationName>The Estuary Quarterly</prism:publicationName></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    write("tests/readers/pdf/two_columns_with_running_heads/input.pdf", pdf(pages, {"Title": "Untitled-2", "CreationDate": "D:2021"}, xmp))

    odd = Text()
    odd.raw(b"BT /F1 10 Tf 72 760 Td [(sp)-20(a)10(c)-15(ed)-280(by)-300(k)30(ern)-10(ing)] TJ ET")
    odd.raw(b"BT /F1 10 Tf 72 740 Td 5 Tw (wide word spaces) Tj ET").raw(b"BT /F1 10 Tf 0 Tw 1 0 0 1 72 720 Tm (first) Tj 1 0 0 1 94 720 Tm (second) Tj ET")
    odd.raw(b"BT /F1 10 Tf 72 700 Td (printed twice) Tj ET BT /F1 10 Tf 72.3 700 Td (printed twice) Tj ET")
    odd.raw(b"/Artifact << /Type /Pagination >> BDC BT /F1 8 Tf 72 20 Td (tagged as a running foot) Tj ET EMC").raw(b"BT 0 1 -1 0 560 300 Tm /F1 9 Tf (up the margin) Tj ET")
    odd.raw(b"BT 0.7 0.7 -0.7 0.7 100 200 Tm /F1 40 Tf (DRAFT) Tj ET").raw(b"BT /F1 10 Tf 72 680 Td (H) Tj /F1 6 Tf -3 Ts (2) Tj 0 Ts /F1 10 Tf (O and ) Tj (r\xe9sum\xe9 \x93quoted\x94) Tj ET")
    odd.raw(b"BT /F1 10 Tf 900 660 Td (beside the page) Tj ET")
    write("tests/readers/pdf/odd_placements/input.pdf", pdf([odd], {"Title": "\xfe\xff\0O\0d\0d\0 \0p\0l\0a\0c\0e\0s", "Author": "user"}))
    write("tests/readers/pdf/scan_without_text/input.pdf", pdf([Text().raw(b"q 500 0 0 700 40 60 cm /I Do Q")] * 2, {"Title": "Scan0001"}, images=True))
    write("tests/readers/pdf/with_a_password/input.pdf", pdf([Text().line(72, 700, "Nobody may read this.")], password="sesame"))
    write("tests/readers/pdf/open_but_encrypted/input.pdf", pdf([Text().line(72, 700, "Everybody may read this.")], password=""))
    write("tests/readers/pdf/without_table_of_objects/input.pdf", pdf([Text().lines(72, 700, wrapped(TIDE, 70))]).split(b"xref\n0 ")[0])
    write("tests/readers/pdf/a_web_page/input.pdf", b"<!DOCTYPE html><title>Not found</title><p>There is no such report.")


# --- the sample archive -------------------------------------------------------------------------------------------

KITES = ["Kites over the Levels", "The kite festival on the Levels drew eleven hundred people on Sunday, and for the first time more children than grown men. The wind, which had failed the three summers before, stood steady from the south-west until five o'clock.", "First prize went to a box kite eleven feet long, built of bamboo and an old parachute by the pupils of the Sedgeford school. It carried a camera up to three hundred feet and brought down a picture of the whole parish, the first ever taken of it from the air.", "The farmers had mown their meadows a week early for the purpose. The committee hopes to make the festival a yearly one, with a class for kites made of newspaper only."]
CLOCK = ["The town hall clock strikes again", "After nine silent years the clock of the town hall has struck the hour again. A clockmaker from across the river took the movement apart, wheel by wheel, in a shed behind the fish market, and found a clay pipe between two of the teeth.", "The pipe bears the mark of a maker who died in 1871, so that the clock must have run with it for a century before the wheel at last caught it. It is to be shown in the museum next to the old face.", "Some neighbours had become used to the silence. From eleven at night until six in the morning the hammer will be held back by a wooden wedge, which the caretaker puts in and takes out by hand."]
SALT = ["Salt from the old pans", "Two sisters have begun to boil salt again in the pans below the lighthouse, the last of which was given up in 1893. They burn driftwood and cut reed, and get a bushel of grey salt from a thousand gallons of sea water.", "Bakers take all of it. A chemist at the technical college found traces of iron and magnesium that the salt from the mine lacks, and says that they account for the colour of the crust.", "The sea wall in front of the pans, mended with old railway sleepers in the winter, held against the spring tide of the equinox."]
OWLS = ["Barn owls return to the mill", "A pair of barn owls has raised five young in the loft of the tide mill, the first brood in the parish for twenty-six years. The miller's widow heard them hissing in March and had the hoist stopped until August.", "The rough grass along the sea wall, left uncut since the floods, is full of voles. Ringers from the bird observatory weighed the young owls at night by the light of red torches."]
WELLS = ["Dry wells and a vote on water", "In the dry autumn the wells of the upper village gave out one after the other, until on the ninth of October the pump by the church drew nothing but air. Water now comes by tanker, forty litres a head each day.", "The parish votes on Thursday whether to join the supply of the town, which it refused by three voices in 1961. The chairman of the parish, who spoke against it then, has moved the motion himself."]


def samples():
    html = lambda parts: page(parts[0], f"<h1>{parts[0]}</h1>" + "".join(f"<p>{part}</p>" for part in parts[1:]))
    write("sample_corpus/epub/levels-almanac-1978.epub", epub(
        '<dc:identifier id="id">urn:uuid:7d0f2a52-0000-4000-8000-000000000001</dc:identifier><dc:title>The Levels Almanac, Autumn 1978</dc:title><dc:creator>Edith Marlow</dc:creator><dc:language>en</dc:language><dc:date>1978-10-12</dc:date><dc:subject>country life</dc:subject><dc:subject>almanacs</dc:subject><dc:publisher>Sedgeford Press</dc:publisher>',
        [("title.xhtml", page("Title", "<p>The Levels Almanac</p>", "titlepage")), ("kites.xhtml", html(KITES)), ("wells.xhtml", html(WELLS))],
        [("kites.xhtml", KITES[0]), ("wells.xhtml", WELLS[0])]))
    write("sample_corpus/docx/town-hall-clock.docx", docx(para(CLOCK[0], "Title") + "".join(para(part) for part in CLOCK[1:]), core(CLOCK[0], "Jonas Pell", "1983-11-05T08:00:00Z", "clocks, town hall, restoration"), styles=[("Title", "Title")]))
    write("sample_corpus/odt/barn-owls.odt", odt(f'<text:p text:style-name="P1">{OWLS[0]}</text:p>' + "".join(f"<text:p>{part}</text:p>" for part in OWLS[1:]), "<meta:initial-creator>Hanna Brook</meta:initial-creator><meta:keyword>birds</meta:keyword><meta:keyword>owls</meta:keyword><meta:keyword>mills</meta:keyword><meta:creation-date>1992-08-20T07:00:00</meta:creation-date><dc:language>en-GB</dc:language>"))
    text, y = Text().line(72, 770, SALT[0], 18, "F2"), 730
    for part in SALT[1:]:
        lines = wrapped(part, 84, HYPHENS)
        text.lines(72, y, lines)
        y -= 12 * len(lines) + 8
    write("sample_corpus/pdf/salt-pans.pdf", pdf([text], {"Title": SALT[0], "Author": "Clara Voss", "Keywords": "salt; crafts; sea wall", "CreationDate": "D:19950322"}))
    write("sample_corpus/broken/scan-without-text.pdf", pdf([Text().raw(b"q 500 0 0 700 40 60 cm /I Do Q")], images=True))
    write("sample_corpus/broken/password.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480))
    write("sample_corpus/broken/cut-off.epub", (ROOT / "sample_corpus/epub/levels-almanac-1978.epub").read_bytes()[:1500])


if __name__ == "__main__":
    cases()
    samples()
