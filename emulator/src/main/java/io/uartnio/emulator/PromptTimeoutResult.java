package io.uartnio.emulator;

/** What the module says when {@code qisend/timeout} ends a prompt whose payload did not come. No manual says. */
public enum PromptTimeoutResult {
    /** {@code ERROR}, with 569 (timeout) as its reason. */
    ERROR,
    /** {@code SEND FAIL}. */
    SEND_FAIL,
    /** Nothing: the next bytes are a command line again. */
    SILENCE
}
