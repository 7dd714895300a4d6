package io.uartnio.at;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Says whether the command in flight on a channel still waits: so that a module that is played in the lane's own
 * thread knows when it has to say more.
 */
public final class ChannelInside {

    private static final VarHandle CURRENT;
    private static final VarHandle CONNECTED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CURRENT = MethodHandles.privateLookupIn(AtChannel.class, lookup)
                    .findVarHandle(AtChannel.class, "current", Exchange.class);
            CONNECTED = MethodHandles.privateLookupIn(Exchange.class, lookup)
                    .findVarHandle(Exchange.class, "connected", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ChannelInside() {}

    /** Returns true if the command in flight has not ended. */
    public static boolean isWaiting(AtChannel channel) {
        Exchange exchange = (Exchange) CURRENT.getVolatile(channel);
        return exchange != null && exchange.end() == null;
    }

    /** Returns true if the command in flight has its prompt or its {@code CONNECT}. */
    public static boolean mayGoAhead(AtChannel channel) {
        Exchange exchange = (Exchange) CURRENT.getVolatile(channel);
        return exchange != null && (exchange.isPrompted() || (boolean) CONNECTED.getVolatile(exchange));
    }
}
