package io.uartnio.netty;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Resolves nothing: names are left to the module, which is on the network that knows them. Without it a
 * {@code Bootstrap} asks the host's own resolver first, which a host without another network does not have.
 */
public final class ModemAddressResolverGroup extends AddressResolverGroup<InetSocketAddress> {

    /** The only one; it holds nothing and need not be closed. */
    public static final ModemAddressResolverGroup INSTANCE = new ModemAddressResolverGroup();

    private ModemAddressResolverGroup() {}

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new AsTheyAre(executor);
    }

    private static final class AsTheyAre extends AbstractAddressResolver<InetSocketAddress> {

        AsTheyAre(EventExecutor executor) {
            super(executor, InetSocketAddress.class);
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return true;
        }

        @Override
        protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
            promise.setSuccess(address);
        }

        @Override
        protected void doResolveAll(InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
            promise.setSuccess(List.of(address));
        }
    }
}
