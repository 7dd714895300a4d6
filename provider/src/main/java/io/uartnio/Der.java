package io.uartnio;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * As much of DER (ITU-T X.690) as private keys need: the elements of a sequence, and writing some. Reads forward only;
 * for one thread.
 */
final class Der {

    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    /** The first optional element of a sequence, {@code [0]}, explicitly tagged. */
    static final int CONTEXT_0 = 0xa0;

    /** Says that bytes are not the DER that was expected; it never shows them, for they may be a key. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String what) {
            super(what);
        }
    }

    private final byte[] bytes;
    private int position;
    private final int end;

    private Der(byte[] bytes, int position, int end) {
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    /** Goes into the sequence that these bytes are. */
    static Der sequence(byte[] bytes) throws MalformedException {
        return new Der(bytes, 0, bytes.length).into(SEQUENCE);
    }

    boolean hasMore() {
        return position < end;
    }

    /** Returns the tag of the next element, or -1 behind the last. */
    int nextTag() {
        return hasMore() ? bytes[position] & 0xff : -1;
    }

    /** Returns the next element whole, tag and length included, and goes behind it. */
    byte[] element() throws MalformedException {
        int start = position;
        position = contentStart() + contentLength();
        return Arrays.copyOfRange(bytes, start, position);
    }

    /** Returns the contents of the next element, which must have this tag, and goes behind it. */
    byte[] contents(int tag) throws MalformedException {
        Der inner = into(tag);
        return Arrays.copyOfRange(inner.bytes, inner.position, inner.end);
    }

    /** Returns a reader of the contents of the next element, which must have this tag, and goes behind it. */
    Der into(int tag) throws MalformedException {
        if (nextTag() != tag) {
            throw new MalformedException("unexpected element");
        }
        int start = contentStart();
        int length = contentLength();
        position = start + length;
        return new Der(bytes, start, position);
    }

    private int contentStart() throws MalformedException {
        if (position + 2 > end) {
            throw new MalformedException("ends early");
        }
        int first = bytes[position + 1] & 0xff;
        return position + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private int contentLength() throws MalformedException {
        int start = contentStart();
        int first = bytes[position + 1] & 0xff;
        long length = first;
        if (first >= 0x80) {
            if (first == 0x80 || first > 0x84 || start > end) {
                throw new MalformedException("length makes no sense");
            }
            length = 0;
            for (int i = position + 2; i < start; i++) {
                length = length << 8 | (bytes[i] & 0xff);
            }
        }
        if (length > end - start) {
            throw new MalformedException("ends early");
        }
        return (int) length;
    }

    /** Writes an element whose contents are these parts, one after the other. */
    static byte[] write(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | octets);
            for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
                out.write(length >> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
