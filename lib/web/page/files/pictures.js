// @ts-check
/// <reference lib="dom" />
/**
 * Makes pictures smaller before they are sent. They are drawn anew, so that nothing else that was in the
 * file goes with them: not the place where a photo was taken, nor the camera, nor an earlier version.
 */

/** The longer side of a picture that was made smaller, in pixels. */
const MAX_SIDE = 2_048;
const JPEG_QUALITY = 0.85;
/**
 * What browsers draw, and what it becomes; a GIF stays as it is, because it may move. Of others than the
 * first three a server makes no picture.
 * @type {Readonly<Record<string, string | undefined>>}
 */
const BECOMES = {
  "image/jpeg": "image/jpeg",
  "image/png": "image/png",
  "image/webp": "image/webp",
  "image/avif": "image/jpeg",
  "image/heic": "image/jpeg",
  "image/heif": "image/jpeg",
  "image/bmp": "image/png",
};
/** @type {Readonly<Record<string, string | undefined>>} */
const ENDINGS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
/** So far into a file it is looked whether it moves, in bytes. */
const HEAD_BYTES = 65_536;

/** Photos by their names, for systems that do not know what they are. */
const PHOTO = /\.(?:jpe?g|hei[cf]|avif|tiff?|dng)$/i;

/** @typedef {{ readonly blob: Blob, readonly name: string, readonly width: number, readonly height: number }} Redrawn */

/**
 * A picture made smaller; nothing for what is no picture, moves, or can't be read.
 * @param {File} file
 * @param {HTMLCanvasElement} preview is shown with the picture in it, within its width
 * @returns {Promise<Redrawn | undefined>}
 */
export async function redraw(file, preview) {
  const type = BECOMES[file.type];
  const picture = await decoded(file);
  if (picture === undefined) return undefined;
  try {
    paint(picture, preview, fitted(picture, preview.width));
    preview.hidden = false;
    if (type === undefined || await moves(file)) return undefined;
    const canvas = document.createElement("canvas");
    const size = fitted(picture, MAX_SIDE);
    paint(picture, canvas, size, type === "image/jpeg");
    const blob = await encoded(canvas, type);
    return blob && { blob, name: renamed(file, blob.type), ...size };
  } finally {
    picture.close();
  }
}

/** Whether it may be drawn anew. @type {(file: Pick<File, "type">) => boolean} */
export function mayShrink({ type }) {
  return BECOMES[type] !== undefined;
}

/**
 * Whether a camera may have made it, and noted where.
 * @type {(file: Pick<File, "type" | "name">) => boolean}
 */
export function isPhoto({ type, name }) {
  return BECOMES[type] === "image/jpeg" || type === "image/tiff" || PHOTO.test(name);
}

/**
 * The size of a picture whose longer side is at most so long; none is made larger.
 * @type {(size: { readonly width: number, readonly height: number }, most: number) =>
 *   { width: number, height: number }}
 */
export function fitted({ width, height }, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * Whether the first bytes of a file are those of a PNG or a WebP with several pictures.
 * @type {(head: Uint8Array) => boolean}
 */
export function isAnimated(head) {
  const text = String.fromCharCode(...head.subarray(0, 32));
  if (text.startsWith("RIFF") && text.slice(8, 16) === "WEBPVP8X") return ((head[20] ?? 0) & 2) > 0;
  if (!text.startsWith("\x89PNG")) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  // Each part says how long it is, and what; a check of four bytes follows it.
  for (let at = 8; at + 8 <= head.length; at += 12 + view.getUint32(at)) {
    const kind = String.fromCharCode(...head.subarray(at + 4, at + 8));
    if (kind === "acTL") return true;
    if (kind === "IDAT") return false;
  }
  return false;
}

/** @param {File} file */
async function moves(file) {
  return isAnimated(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
}

/** The picture as it is meant to be seen, turned as its file says. @param {File} file */
async function decoded(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return undefined;
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return undefined;
  }
}

/**
 * @param {ImageBitmap} picture
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} size
 * @param {boolean} [isOpaque] whether what one could see through is white
 */
function paint(picture, canvas, { width, height }, isOpaque = false) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) return;
  if (isOpaque) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
}

/**
 * A browser that can't write a type makes a PNG.
 * @type {(canvas: HTMLCanvasElement, type: string) => Promise<Blob | undefined>}
 */
function encoded(canvas, type) {
  return new Promise((resolve) =>
    canvas.toBlob((blob) => resolve(blob ?? undefined), type, JPEG_QUALITY)
  );
}

/** The name of a file, with the ending of what it has become. @type {(file: File, type: string) => string} */
function renamed({ name, type: before }, type) {
  const ending = ENDINGS[type];
  if (before === type || ending === undefined) return name;
  return `${name.replace(/\.\w{1,5}$/, "")}.${ending}`;
}
