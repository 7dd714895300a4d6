package io.uartnio.emulator;

/**
 * How a command ends: the final result code, the reason that {@code AT+QIGETERROR} gives, and what the module does once
 * the result is on its way.
 */
record Result(Kind kind, String text, int code, Runnable afterwards) {

    /** What is sent. */
    enum Kind {
        /** {@code OK}. */
        OK,
        /** {@code ERROR}, whatever {@code AT+CMEE} says. */
        ERROR,
        /** {@code +CME ERROR}, as {@code AT+CMEE} says. */
        CME,
        /** Another text, such as {@code SEND OK} or {@code CONNECT}; ends the line like OK. */
        TEXT,
        /** Nothing: the command has said all there is to say. */
        NOTHING
    }

    static final Result OK = new Result(Kind.OK, "OK", 0, null);
    static final Result NOTHING = new Result(Kind.NOTHING, "", 0, null);

    /** {@code ERROR} of a command that has no further reason. */
    static final Result ERROR = error(0);

    /** Returns {@code ERROR} with a reason of the TCP/IP table. */
    static Result error(int code) {
        return new Result(Kind.ERROR, "ERROR", code, null);
    }

    static Result cme(int code) {
        return new Result(Kind.CME, "", code, null);
    }

    static Result text(String text) {
        return new Result(Kind.TEXT, text, 0, null);
    }

    /** Returns this result with a deed that follows it, for instance the connect that follows the OK of an open. */
    Result then(Runnable deed) {
        return new Result(kind, text, code, deed);
    }

    /** Says whether the commands behind this one on its line are run. */
    boolean isGood() {
        return kind == Kind.OK || kind == Kind.TEXT || kind == Kind.NOTHING;
    }
}
