package io.uartnio.uart;

/** A control line of an RS-232 style port, named from the host's side (the DTE). */
public enum ControlLine {
    /** Data Terminal Ready, driven by the host. */
    DTR,
    /** Request To Send, driven by the host; owned by the driver of the port while hardware flow control is on. */
    RTS,
    /** Clear To Send, driven by the module. */
    CTS,
    /** Data Set Ready, driven by the module. */
    DSR,
    /** Data Carrier Detect, driven by the module. */
    DCD,
    /** Ring Indicator, driven by the module. */
    RI
}
