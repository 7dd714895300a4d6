package io.uartnio;

/** Flow control of the UART. Software flow control would eat payload bytes and is not offered. */
public enum FlowControl {
    /** RTS and CTS, both ways: the default, and what direct push needs. */
    RTS_CTS,
    /** None: nothing holds the module back, and what the host cannot take in time is lost and shows as a failure. */
    NONE
}
