package io.uartnio.emulator;

/** How the module asks for payload after {@code AT+QISEND} and {@code AT+QSSLSEND}; no document settles the bytes. */
public enum PromptForm {
    /** {@code \r\n> }: as BG96 and M95 do. */
    SPACE("\r\n> ", ""),
    /** {@code \r\n>}: documented for {@code AT+QICFG="formatcfg",0}. */
    BARE("\r\n>", ""),
    /** {@code \r\n>\r\n}: documented for {@code AT+QICFG="formatcfg",1}. */
    CRLF("\r\n>\r\n", ""),
    /** {@code \r\n>}, and the space only after the payload has arrived, as a log of a WioLTE shows. */
    LATE_SPACE("\r\n>", " ");

    private final String before;
    private final String after;

    PromptForm(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /** Returns what is sent when the module is ready for payload. */
    String before() {
        return before;
    }

    /** Returns what is sent between the payload and the result. */
    String after() {
        return after;
    }
}
