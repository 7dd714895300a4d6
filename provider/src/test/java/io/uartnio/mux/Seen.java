package io.uartnio.mux;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Writes down what a parser finds. */
final class Seen implements FrameListener {

    /** A frame that was found. */
    record Frame(int address, int control, String information) {

        static Frame of(int address, int control, byte[] information) {
            return new Frame(address, control, HexFormat.of().formatHex(information));
        }

        int dlci() {
            return FrameFormat.dlci(address);
        }
    }

    final List<Frame> frames = new ArrayList<>();
    /** How many frames had been found when the place was lost, -1 if it was not. */
    int lostBehind = -1;

    int foundBehind = -1;
    long damaged;
    /** By DLCI, how many frames had been found when it was first damaged. */
    final int[] damagedBehind = new int[64];

    @Override
    public void onFrame(int address, int control, byte[] buffer, int offset, int length) {
        frames.add(new Frame(address, control, HexFormat.of().formatHex(buffer, offset, offset + length)));
    }

    @Override
    public void onDamage(long dlcis) {
        for (int dlci = 0; dlci < 64; dlci++) {
            if ((dlcis & ~damaged & 1L << dlci) != 0) {
                damagedBehind[dlci] = frames.size();
            }
        }
        damaged |= dlcis;
    }

    @Override
    public void onPlaceLost() {
        lostBehind = lostBehind < 0 ? frames.size() : lostBehind;
    }

    @Override
    public void onPlaceFound() {
        foundBehind = frames.size();
    }
}
