package io.uartnio.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Puts exceptions into one line for a person. The messages of the library already name command, code, socket and port;
 * those of the JDK's file exceptions are often the file's name alone.
 */
final class Failures {

    private Failures() {}

    /** Says in one line what went wrong, with the innermost cause that adds something. */
    static String describe(Throwable failure) {
        String text = own(failure);
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String because = own(cause);
            if (!text.contains(because)) {
                text += "; " + because;
            }
        }
        return text.lines().findFirst().orElse(text);
    }

    private static String own(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            String what = failure instanceof NoSuchFileException
                    ? "no such file"
                    : failure instanceof AccessDeniedException ? "permission denied" : "not usable";
            return what + ": " + message;
        }
        return message;
    }
}
