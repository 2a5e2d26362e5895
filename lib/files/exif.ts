/** Reads from the Exif data of a picture whether it is shown on its side. */

const ORIENTATION = 0x0112;
/** A table with more entries is none of a picture. */
const MOST_ENTRIES = 200;

/**
 * Whether an Exif segment says that width and height change places where the picture is shown: a phone
 * that is held upright turns the picture that way.
 */
export function exifTurns(segment: Uint8Array): boolean {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== "Exif\0\0") return false;
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6);
  try {
    const order = tiff.getUint16(0);
    // "II" or "MM": the small end of a number first, or the large one.
    if (order !== 0x4949 && order !== 0x4d4d) return false;
    const isLittle = order === 0x4949;
    const table = tiff.getUint32(4, isLittle);
    const count = Math.min(tiff.getUint16(table, isLittle), MOST_ENTRIES);
    for (let entry = 0; entry < count; entry++) {
      const at = table + 2 + entry * 12;
      if (tiff.getUint16(at, isLittle) !== ORIENTATION) continue;
      const value = tiff.getUint16(at + 8, isLittle);
      return value >= 5 && value <= 8;
    }
  } catch (error) {
    // The table lies outside of what is there.
    if (!(error instanceof RangeError)) throw error;
  }
  return false;
}
