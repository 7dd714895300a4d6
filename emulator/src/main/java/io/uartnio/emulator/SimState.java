package io.uartnio.emulator;

/** The SIM card of the played module at its start. */
public enum SimState {
    /** A card without a PIN, or with the PIN entered: {@code +CPIN: READY}. */
    READY,
    /** A card that waits for its PIN: {@code +CPIN: SIM PIN}. */
    PIN_REQUIRED,
    /** A card blocked after too many wrong PINs: {@code +CPIN: SIM PUK}. */
    PUK_REQUIRED,
    /** No card: {@code +CME ERROR: 10}. */
    NOT_INSERTED
}
