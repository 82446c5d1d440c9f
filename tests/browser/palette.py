"""Makes a screenshot small: 256 colours are enough for text on plain ground.

The browser itself reads the picture, so that no library for pictures is needed.
Source: https://www.w3.org/TR/png-3/ (an image with a palette: 11.2).
"""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

COLOURS = 256
READ = """async (words) => {
  const bytes = Uint8Array.from(atob(words), (one) => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const dots = pen.getImageData(0, 0, picture.width, picture.height).data;
  let text = "";
  for (let at = 0; at < dots.length; at += 32768)
    text += String.fromCharCode(...dots.subarray(at, at + 32768));
  return [picture.width, picture.height, btoa(text)];
}"""


def smaller(picture: bytes, page: Page) -> bytes:
    """Return the same picture with at most 256 colours; the page is one without a policy."""
    width, height, words = page.evaluate(READ, base64.b64encode(picture).decode())
    dots = np.frombuffer(base64.b64decode(words), dtype=np.uint8).reshape(-1, 4)[:, :3]
    palette, numbers = _chosen(dots.astype(np.int64))
    rows = numbers.reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), dtype=np.uint8), rows]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", palette.astype(np.uint8).tobytes())]
    parts += [(b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chosen(dots: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the commonest colours, and for each dot the number of the one nearest to it."""
    codes = dots @ np.array([65536, 256, 1])
    known, place, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1)
    palette = colours[np.argsort(-counts, kind="stable")[:COLOURS]]
    far = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    return palette, far.argmin(axis=1).astype(np.uint8)[place]


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
