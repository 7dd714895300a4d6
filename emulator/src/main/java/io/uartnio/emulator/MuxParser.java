package io.uartnio.emulator;

/**
 * Finds the frames of 3GPP TS 27.010 in what the host sends: by their length, never by looking for a flag inside one.
 * A frame that is not as it must be is dropped without a word, and the next flag may begin another. For the thread that
 * reads the line.
 */
final class MuxParser {

    /** Takes what is found. */
    interface Sink {

        /**
         * A good frame.
         *
         * @param control the type with the poll or final bit
         * @param information valid until this returns
         */
        void frame(int dlci, boolean commandBit, int control, byte[] information, int length);

        /** A frame was dropped: its length, its check or its end is wrong. */
        void badFrame();
    }

    /** The octet that comes next. */
    private enum Expected {
        /** After anything that went wrong, and at the start: a flag; all else is passed over. */
        FLAG,
        /** After a flag: an address, or another flag. */
        ADDRESS,
        /** After the address. */
        CONTROL,
        /** After the control octet. */
        LENGTH,
        /** After a length octet whose extension bit is 0. */
        SECOND_LENGTH,
        /** After a length that is not 0. */
        INFORMATION,
        /** After the last octet of information. */
        CHECK,
        /** After a check sequence that is right. */
        END
    }

    private final Sink sink;
    private final byte[] information;
    private Expected expected = Expected.FLAG;
    private int address;
    private int control;
    private int length;
    private int count;
    private int register;
    private boolean stopped;

    /** @param longest the most information of a frame, in octets */
    MuxParser(int longest, Sink sink) {
        this.information = new byte[longest];
        this.sink = sink;
    }

    /** The line has been silent within a frame for longer than any frame takes: what has come of it is worth nothing. */
    void silence() {
        if (expected != Expected.FLAG && expected != Expected.ADDRESS) {
            bad(0);
        }
    }

    /** Reads no further than the frame that the sink is just given. */
    void stop() {
        stopped = true;
    }

    /**
     * Takes what has arrived.
     *
     * @return how many bytes it took: all, unless it was stopped
     */
    int accept(byte[] bytes, int offset, int count) {
        int at = offset;
        int end = offset + count;
        while (at < end && !stopped) {
            if (expected == Expected.INFORMATION) {
                at += take(bytes, at, end - at);
            } else {
                step(bytes[at++] & 0xff);
            }
        }
        return at - offset;
    }

    private int take(byte[] bytes, int offset, int available) {
        int taken = Math.min(available, length - count);
        System.arraycopy(bytes, offset, information, count, taken);
        count += taken;
        if (count == length) {
            expected = Expected.CHECK;
        }
        return taken;
    }

    private void step(int octet) {
        switch (expected) {
            case FLAG -> {
                if (octet == MuxFrame.FLAG) {
                    expected = Expected.ADDRESS;
                }
            }
            case ADDRESS -> {
                if (octet != MuxFrame.FLAG) {
                    address(octet);
                }
            }
            case CONTROL -> {
                control = octet;
                covered(octet);
                expected = Expected.LENGTH;
            }
            case LENGTH -> {
                length = octet >> 1;
                covered(octet);
                lengthEnds((octet & 1) == 1, octet);
            }
            case SECOND_LENGTH -> {
                length |= octet << 7;
                covered(octet);
                lengthEnds(true, octet);
            }
            case CHECK -> check(octet);
            case END -> end(octet);
            case INFORMATION -> throw new IllegalStateException("information is taken as a whole");
        }
    }

    private void address(int octet) {
        register = MuxFrame.beginCheck();
        address = octet;
        covered(octet);
        if ((octet & 1) == 1) {
            expected = Expected.CONTROL;
        } else {
            bad(octet);
        }
    }

    private void covered(int octet) {
        register = MuxFrame.check(register, octet);
    }

    private void lengthEnds(boolean ends, int octet) {
        count = 0;
        if (!ends) {
            expected = Expected.SECOND_LENGTH;
        } else if (length > information.length) {
            bad(octet);
        } else {
            expected = length > 0 ? Expected.INFORMATION : Expected.CHECK;
        }
    }

    private void check(int octet) {
        if ((control & ~MuxFrame.POLL_FINAL) == MuxFrame.UI) {
            for (int i = 0; i < length; i++) {
                covered(information[i]);
            }
        }
        covered(octet);
        if (MuxFrame.isGood(register)) {
            expected = Expected.END;
        } else {
            bad(octet);
        }
    }

    private void end(int octet) {
        if (octet != MuxFrame.FLAG) {
            bad(octet);
            return;
        }
        expected = Expected.ADDRESS;
        sink.frame(address >> 2, (address & 2) != 0, control, information, length);
    }

    /** The octet that spoilt the frame may itself be the flag of the next. */
    private void bad(int octet) {
        expected = octet == MuxFrame.FLAG ? Expected.ADDRESS : Expected.FLAG;
        sink.badFrame();
    }
}
