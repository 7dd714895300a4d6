package io.uartnio.mux;

/** What a {@link FrameParser} finds. Called by the reader thread; must not block. */
interface FrameListener {

    /**
     * A frame, whole and checked.
     *
     * @param address with C/R, which says nothing in UIH frames: modems set it either way
     * @param control with the poll/final bit
     * @param buffer holds the information; valid until this method returns
     */
    void onFrame(int address, int control, byte[] buffer, int offset, int length);

    /**
     * One byte was lost, changed or added, and the place was found again behind it: a frame of these DLCs may be
     * missing, and none of any other.
     *
     * @param dlcis bit n stands for DLCI n; never 0
     */
    void onDamage(long dlcis);

    /** The place was lost: frames of any DLC may be missing. Nothing is believed until {@link #onPlaceFound}. */
    void onPlaceLost();

    /** The place was found again by what nobody but the module can have sent. */
    void onPlaceFound();
}
