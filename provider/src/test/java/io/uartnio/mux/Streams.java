package io.uartnio.mux;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Streams as a module might send them. */
final class Streams {

    private Streams() {}

    /** Frames and the bytes they make; {@code begins} says where each frame's address stands. */
    static final class Stream {

        private final List<Seen.Frame> frames;
        private final byte[] bytes;
        private final List<Integer> begins;
        private final boolean shared;

        private Stream(List<Seen.Frame> frames, byte[] bytes, List<Integer> begins, boolean shared) {
            this.shared = shared;
            this.frames = frames;
            this.bytes = bytes;
            this.begins = begins;
        }

        List<Seen.Frame> frames() {
            return frames;
        }

        byte[] bytes() {
            return bytes;
        }

        /** Returns what shows that nothing more of the last frame comes. */
        byte[] nextFrameBegins() {
            return shared ? new byte[] {1} : new byte[] {FrameFormat.FLAG, 1};
        }

        Damage damage(RandomGenerator random) {
            // The first frames teach how many flags there are, and the last ones show what has become of it.
            int frame = 12 + random.nextInt(frames.size() - 24);
            int begin = begins.get(frame) - 1;
            int end = begins.get(frame + 1) - 1;
            // Most of a frame is information, so what surrounds it is hit more often than by chance.
            int offset = random.nextBoolean()
                    ? random.nextInt(end - begin)
                    : random.nextBoolean()
                            ? random.nextInt(Math.min(6, end - begin))
                            : end - begin - 1 - random.nextInt(3);
            int at = begin + offset;
            int kind = random.nextInt(3);
            int octet = random.nextInt(4) == 0 ? 0xf9 : random.nextInt(256);
            byte[] damaged = switch (kind) {
                case 0 -> FrameParserTest.without(bytes, at);
                case 1 -> FrameParserTest.withAdded(bytes, at, octet);
                default -> FrameParserTest.withChanged(bytes, at, 1 + random.nextInt(255));
            };
            Seen.Frame hit = frames.get(frame);
            int information = hit.information().length() / 2;
            int headerBytes = information > 127 ? 4 : 3;
            int inFrame = at - begins.get(frame);
            boolean inside = kind == 2 && inFrame >= headerBytes && inFrame < headerBytes + information;
            return new Damage(
                    damaged,
                    begins.get(frame),
                    inFrame >= 2 && inFrame < headerBytes,
                    inside,
                    "frame=" + hit + ", offset=" + inFrame + ", kind="
                            + List.of("lost", "added", "changed").get(kind) + ", octet="
                            + Integer.toHexString(octet));
        }
    }

    /** A stream with one damaged byte. */
    static final class Damage {

        private final byte[] bytes;
        private final int begin;
        private final boolean lengthHit;
        private final boolean insideInformation;
        private final String text;

        private Damage(byte[] bytes, int begin, boolean lengthHit, boolean insideInformation, String text) {
            this.bytes = bytes;
            this.begin = begin;
            this.lengthHit = lengthHit;
            this.insideInformation = insideInformation;
            this.text = text;
        }

        byte[] bytes() {
            return bytes;
        }

        boolean isInsideInformation() {
            return insideInformation;
        }

        String text() {
            return text;
        }

        /** Returns true if what a damaged length cuts off happens to be a whole frame. */
        boolean cannotBeSeen() {
            if (!lengthHit) {
                return false;
            }
            int low = (bytes[begin + 2] & 0xff) >> 1;
            int headerBytes = (bytes[begin + 2] & 1) != 0 ? 3 : 4;
            int length = headerBytes == 3 ? low : low | (bytes[begin + 3] & 0xff) << 7;
            int check = begin + headerBytes + length;
            return check + 1 < bytes.length
                    && bytes[check + 1] == FrameFormat.FLAG
                    && (bytes[check] & 0xff) == FrameCheck.of(bytes, begin, headerBytes);
        }
    }

    static Stream make(RandomGenerator random, int count) {
        boolean shared = random.nextInt(3) == 0;
        int longest = random.nextInt(4) == 0 ? 200 : 127;
        List<Seen.Frame> frames = new ArrayList<>();
        List<Integer> begins = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(FrameFormat.FLAG);
        for (int i = 0; i < count; i++) {
            int dlci = random.nextInt(FrameParserTest.CHANNELS + 1);
            int address = FrameFormat.address(dlci, random.nextInt(5) == 0);
            // The longest comes early, so that the parser has seen one.
            byte[] information = i == 0 ? new byte[longest] : information(random, longest);
            byte[] frame = FrameFormat.frame(address, FrameFormat.UIH, information);
            if (!shared) {
                bytes.write(FrameFormat.FLAG);
            }
            begins.add(bytes.size());
            bytes.write(frame, 1, frame.length - 1);
            frames.add(Seen.Frame.of(address, FrameFormat.UIH, information));
        }
        return new Stream(frames, bytes.toByteArray(), begins, shared);
    }

    private static byte[] information(RandomGenerator random, int longest) {
        int length = random.nextInt(6) == 0 ? longest : random.nextInt(random.nextBoolean() ? 12 : longest + 1);
        byte[] information = new byte[length];
        random.nextBytes(information);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(100) == 0) {
                information[i] = FrameFormat.FLAG;
            }
        }
        byte[] forged = FrameParserTest.uih(random.nextInt(FrameParserTest.CHANNELS + 1), "FORGED");
        if (length > 2 * forged.length && random.nextInt(3) == 0) {
            System.arraycopy(forged, 0, information, random.nextInt(length - forged.length), forged.length);
        }
        return information;
    }
}
