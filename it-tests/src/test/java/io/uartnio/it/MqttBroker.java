package io.uartnio.it;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;

/**
 * What of an MQTT broker a client with one topic needs, for machines without Mosquitto: it sends everything that is
 * published back to who has published it.
 */
final class MqttBroker implements AutoCloseable {

    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private final Channel listener;
    private final List<Integer> acknowledged = new CopyOnWriteArrayList<>();

    MqttBroker(EventLoopGroup group) throws InterruptedException {
        listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection
                                .pipeline()
                                .addLast(MqttEncoder.INSTANCE, new MqttDecoder(MAX_MESSAGE_BYTES), new Connection());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Returns the numbers of the messages to clients that they have acknowledged. */
    List<Integer> acknowledged() {
        return acknowledged;
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
    }

    private final class Connection extends SimpleChannelInboundHandler<MqttMessage> {

        private int sent;

        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            switch (message.fixedHeader().messageType()) {
                case CONNECT ->
                    send(
                            context,
                            MqttMessageBuilders.connAck()
                                    .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                                    .build());
                case SUBSCRIBE ->
                    send(
                            context,
                            MqttMessageBuilders.subAck()
                                    .packetId(((MqttSubscribeMessage) message)
                                            .variableHeader()
                                            .messageId())
                                    .addGrantedQos(MqttQoS.AT_LEAST_ONCE)
                                    .build());
                case PUBLISH -> sendBack(context, (MqttPublishMessage) message);
                case PUBACK -> acknowledged.add(((MqttMessageIdVariableHeader) message.variableHeader()).messageId());
                case DISCONNECT -> {}
                default -> throw new IllegalStateException("message is not played: " + message);
            }
        }

        private void send(ChannelHandlerContext context, MqttMessage message) {
            Future<?> unused = context.writeAndFlush(message); // what fails, the client notices
        }

        private void sendBack(ChannelHandlerContext context, MqttPublishMessage message) {
            send(
                    context,
                    MqttMessageBuilders.pubAck()
                            .packetId(message.variableHeader().packetId())
                            .build());
            send(
                    context,
                    MqttMessageBuilders.publish()
                            .messageId(++sent)
                            .qos(MqttQoS.AT_LEAST_ONCE)
                            .topicName(message.variableHeader().topicName())
                            .payload(message.payload()) // which is copied
                            .build());
        }
    }
}
