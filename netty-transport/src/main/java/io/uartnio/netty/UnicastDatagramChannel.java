package io.uartnio.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;

/** A channel with datagrams that knows no multicast, as no module has it. */
abstract class UnicastDatagramChannel extends AbstractModemChannel implements DatagramChannel {

    UnicastDatagramChannel() {
        super(null);
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    private static ChannelFuture refuseMulticast(ChannelPromise promise) {
        return promise.setFailure(ModemDatagramChannelConfig.noMulticast());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface network) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface network, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface network) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface network, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, NetworkInterface network, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture block(
            InetAddress group, NetworkInterface network, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source) {
        return refuseMulticast(newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source, ChannelPromise promise) {
        return refuseMulticast(promise);
    }
}
