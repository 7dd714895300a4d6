package io.uartnio.emulator;

/** When the module first sends the modem status (MSC) of a channel of the multiplexer. Modules differ. */
public enum MuxStatusAtOpen {
    /** Right after the acknowledgement of the open. */
    AFTER_UA,
    /** Even before it. */
    BEFORE_UA,
    /** After the host has sent its own. */
    AFTER_HOST,
    /** Not at all until it changes. */
    NEVER
}
