package io.uartnio.conformance;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How this machine's servers are called in the module's network: a server bound to the wildcard is asked for there by
 * an address, as a module has no loopback. Names are left to the module.
 */
final class ModuleNetwork extends AddressResolverGroup<InetSocketAddress> {

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor);
    }

    private static final class Resolver extends AbstractAddressResolver<InetSocketAddress> {

        Resolver(EventExecutor executor) {
            super(executor, InetSocketAddress.class);
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return address.isUnresolved() || !address.getAddress().isAnyLocalAddress();
        }

        @Override
        protected void doResolve(InetSocketAddress wildcard, Promise<InetSocketAddress> promise) {
            promise.setSuccess(new InetSocketAddress(InetAddress.getLoopbackAddress(), wildcard.getPort()));
        }

        @Override
        protected void doResolveAll(InetSocketAddress wildcard, Promise<List<InetSocketAddress>> promise) {
            promise.setSuccess(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), wildcard.getPort())));
        }
    }
}
