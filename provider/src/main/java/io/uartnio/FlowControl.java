package io.uartnio;

/** Flow control of the UART. Software flow control would eat payload bytes and is not offered. */
public enum FlowControl {
    /** RTS and CTS, both ways: the default, and what direct push needs. */
    RTS_CTS,
    /** None: sockets use buffer access mode unless the caller fixes another. */
    NONE
}
