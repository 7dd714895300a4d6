package io.uartnio;

import java.io.IOException;

/**
 * The module refused something or could not be reached. Carries what the module itself said: its code and the code's
 * name in the manual, and which command, socket and port it was about. Secrets in a command are masked.
 *
 * <p>Where the JDK has a more telling exception, such as {@link java.net.ConnectException}, that one is thrown and has
 * this as its cause.
 */
public class ModemException extends IOException {

    private static final long serialVersionUID = 1L;

    /** The {@link #code()} of an exception without one. */
    public static final int NO_CODE = -1;

    private final int code;
    private final String codeName;
    private final String command;
    private final int socketIndex;
    private final String portName;

    /**
     * Creates an exception; the message is made of all that is given.
     *
     * @param what what happened, in words
     * @param details the module's code, the command, the socket and the port, each as far as known
     */
    public ModemException(String what, Details details) {
        this(what, details, null);
    }

    /** As {@link #ModemException(String, Details)}, with a cause. */
    public ModemException(String what, Details details, Throwable cause) {
        super(details.describe(what), cause);
        this.code = details.code;
        this.codeName = details.codeName;
        this.command = details.command;
        this.socketIndex = details.socketIndex;
        this.portName = details.portName;
    }

    /** Returns the module's own code, or {@link #NO_CODE}. */
    public int code() {
        return code;
    }

    /** Returns the name of {@link #code()} in the manual, or null. */
    public String codeName() {
        return codeName;
    }

    /** Returns the command that failed, with secrets masked, or null. */
    public String command() {
        return command;
    }

    /** Returns the module's index of the socket concerned, or -1. */
    public int socketIndex() {
        return socketIndex;
    }

    /** Returns the name of the port. */
    public String portName() {
        return portName;
    }

    /** Where and with which code something failed; immutable, each method returns a fuller copy. */
    public static final class Details {

        private final String portName;
        private final int code;
        private final String codeName;
        private final String command;
        private final int socketIndex;

        private Details(String portName, int code, String codeName, String command, int socketIndex) {
            this.portName = portName;
            this.code = code;
            this.codeName = codeName;
            this.command = command;
            this.socketIndex = socketIndex;
        }

        /** Starts with the name of the port, which is always known. */
        public static Details of(String portName) {
            return new Details(portName, NO_CODE, null, null, -1);
        }

        /** Adds the module's code and its name in the manual. */
        public Details code(int newCode, String newCodeName) {
            return new Details(portName, newCode, newCodeName, command, socketIndex);
        }

        /** Adds the command, with secrets already masked. */
        public Details command(String newCommand) {
            return new Details(portName, code, codeName, newCommand, socketIndex);
        }

        /** Adds the module's index of the socket. */
        public Details socket(int newSocketIndex) {
            return new Details(portName, code, codeName, command, newSocketIndex);
        }

        private String describe(String what) {
            StringBuilder text = new StringBuilder(what).append(": ");
            if (code != NO_CODE) {
                text.append("code=")
                        .append(code)
                        .append(codeName == null ? "" : " (" + codeName + ")")
                        .append(", ");
            }
            if (command != null) {
                text.append("command=").append(command).append(", ");
            }
            if (socketIndex >= 0) {
                text.append("socket=").append(socketIndex).append(", ");
            }
            return text.append("port=").append(portName).toString();
        }
    }
}
