# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""QR codes as drawings, sharp at any size on paper.

The host's own address for bar codes gives pictures of dots, and needs a library to draw them that
not every server has; what encodes is the same.
"""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

# Light cells around the code, which readers want.
MARGIN = 4


def draw_qr(text: str) -> str:
    """Draw a QR code as SVG, which a stain on a quarter of it leaves readable.

    :param text: short, such as an address
    :return: an SVG document
    """
    code = QRCode(None, QRErrorCorrectLevel.Q)
    code.addData(text)
    code.make()
    side = code.getModuleCount()
    cells = "".join(
        f"M{column + MARGIN} {row + MARGIN}h1v1h-1z"
        for row in range(side)
        for column in range(side)
        if code.isDark(row, column)
    )
    whole = side + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}"'
        f' width="600" height="600" shape-rendering="crispEdges">'
        f'<rect width="{whole}" height="{whole}" fill="#fff"/><path d="{cells}"/></svg>'
    )
