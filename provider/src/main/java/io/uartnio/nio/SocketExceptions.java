package io.uartnio.nio;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/** What the JDK's socket adaptors make of the exceptions of a channel. */
final class SocketExceptions {

    private SocketExceptions() {}

    /** Returns a channel's unchecked exception in the words of a socket; others are thrown as they are. */
    static SocketException of(RuntimeException e) {
        String message;
        if (e instanceof NotYetConnectedException) {
            message = "Socket is not connected";
        } else if (e instanceof AlreadyConnectedException) {
            message = "Already connected";
        } else if (e instanceof AlreadyBoundException) {
            message = "Already bound";
        } else if (e instanceof NotYetBoundException) {
            message = "Socket is not bound yet";
        } else if (e instanceof UnsupportedAddressTypeException) {
            message = "Unsupported address type";
        } else if (e instanceof UnresolvedAddressException) {
            message = "Unresolved address";
        } else {
            throw e;
        }
        return withCause(new SocketException(message), e);
    }

    /** Returns what a socket says of its channel's being closed. */
    static SocketException of(ClosedChannelException e) {
        return withCause(new SocketException("Socket is closed"), e);
    }

    /** Returns a channel's exception as one of the kind that a method of a socket may throw. */
    static SocketException of(IOException e) {
        if (e instanceof SocketException already) {
            return already;
        }
        return e instanceof ClosedChannelException closed
                ? of(closed)
                : withCause(new SocketException(e.getMessage()), e);
    }

    /** Returns the exception with its cause. */
    static SocketException withCause(SocketException exception, Exception cause) {
        exception.initCause(cause);
        return exception;
    }
}
