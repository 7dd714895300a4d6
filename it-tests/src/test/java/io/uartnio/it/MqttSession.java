package io.uartnio.it;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A small MQTT client on Netty's codec: publishes with QoS 1, and acknowledges what it is sent with QoS 1. */
final class MqttSession implements AutoCloseable {

    /** A message of a topic. */
    record Message(String topic, ByteBuffer payload) {}

    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_ID = 0xFFFF;

    private final BlockingQueue<MqttMessage> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final Channel channel;
    private int lastId;

    /**
     * Connects.
     *
     * @param bootstrap has everything but a handler
     * @param beforeCodec puts into the new channel's pipeline what comes before the codec
     */
    MqttSession(Bootstrap bootstrap, SocketAddress broker, Consumer<Channel> beforeCodec) throws InterruptedException {
        channel = bootstrap
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        beforeCodec.accept(created);
                        created.pipeline()
                                .addLast(MqttEncoder.INSTANCE, new MqttDecoder(MAX_MESSAGE_BYTES), new Receiver());
                    }
                })
                .connect(broker)
                .sync()
                .channel();
        send(MqttMessageBuilders.connect()
                .protocolVersion(MqttVersion.MQTT_3_1_1)
                .clientId("netty")
                .cleanSession(true)
                .keepAlive(60)
                .build());
        MqttConnAckMessage accepted = (MqttConnAckMessage) answer(MqttMessageType.CONNACK);
        if (accepted.variableHeader().connectReturnCode() != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            throw new AssertionError("broker refuses: " + accepted);
        }
    }

    private void send(MqttMessage message) throws InterruptedException {
        channel.writeAndFlush(message).sync();
    }

    private MqttMessage answer(MqttMessageType type) throws InterruptedException {
        MqttMessage answer = answers.poll(60, TimeUnit.SECONDS);
        if (answer == null || answer.fixedHeader().messageType() != type) {
            throw new AssertionError("another answer than expected: answer=" + answer + ", expected=" + type);
        }
        return answer;
    }

    private int nextId() {
        lastId = lastId % MAX_ID + 1;
        return lastId;
    }

    void subscribe(String filter) throws InterruptedException {
        send(MqttMessageBuilders.subscribe()
                .messageId(nextId())
                .addSubscription(MqttQoS.AT_LEAST_ONCE, filter)
                .build());
        answer(MqttMessageType.SUBACK);
    }

    /** Publishes; {@link #awaitPublished} waits for the broker's word. */
    int publish(String topic, byte[] payload) throws InterruptedException {
        int id = nextId();
        send(MqttMessageBuilders.publish()
                .messageId(id)
                .qos(MqttQoS.AT_LEAST_ONCE)
                .topicName(topic)
                .payload(Unpooled.wrappedBuffer(payload))
                .build());
        return id;
    }

    /** Waits for the acknowledgement of the oldest message that has none; returns its number. */
    int awaitPublished() throws InterruptedException {
        return ((MqttMessageIdVariableHeader) answer(MqttMessageType.PUBACK).variableHeader()).messageId();
    }

    Message awaitMessage() throws InterruptedException {
        Message message = messages.poll(60, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message has come");
        }
        return message;
    }

    @Override
    public void close() {
        channel.writeAndFlush(MqttMessage.DISCONNECT).awaitUninterruptibly();
        channel.close().awaitUninterruptibly();
    }

    private final class Receiver extends SimpleChannelInboundHandler<MqttMessage> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
            if (!(message instanceof MqttPublishMessage publish)) {
                answers.add(message);
                return;
            }
            ByteBuf payload = publish.payload();
            messages.add(
                    new Message(publish.variableHeader().topicName(), ByteBuffer.wrap(ByteBufUtil.getBytes(payload))));
            if (publish.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
                Future<?> unused = context.writeAndFlush(MqttMessageBuilders.pubAck()
                        .packetId(publish.variableHeader().packetId())
                        .build());
            }
        }
    }
}
