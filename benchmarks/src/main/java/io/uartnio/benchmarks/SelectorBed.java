package io.uartnio.benchmarks;

import io.uartnio.nio.ModuleSelectorProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/** A selector and channels registered with it for reading, each of which can be given a byte. */
abstract class SelectorBed implements AutoCloseable {

    final Selector selector;
    final List<SelectionKey> keys = new ArrayList<>();
    private final ByteBuffer oneByte = ByteBuffer.allocateDirect(1);

    SelectorBed(Selector selector) {
        this.selector = selector;
    }

    /** Makes the channel readable. */
    abstract void give(int index) throws IOException;

    /** Makes the channel unreadable. */
    final void take(SelectionKey key) throws IOException {
        if (((ReadableByteChannel) key.channel()).read(oneByte.clear()) != 1) {
            throw new IllegalStateException("a ready channel had nothing to read");
        }
    }

    final void register(SelectableChannel channel) throws IOException {
        channel.configureBlocking(false);
        keys.add(channel.register(selector, SelectionKey.OP_READ));
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : keys) {
            key.channel().close();
        }
        selector.close();
    }

    /** Our selector, over as many modules as it takes. */
    static final class OfModules extends SelectorBed {

        private final List<MemoryModule> modules = new ArrayList<>();
        private final List<byte[]> frames = new ArrayList<>();

        OfModules(int channels) throws IOException {
            this(channels, new MemoryModule().start());
        }

        private OfModules(int channels, MemoryModule first) throws IOException {
            super(provider(first).openSelector());
            modules.add(first);
            for (int i = 0; i < channels; i++) {
                if (i / MemoryModule.MAX_SOCKETS == modules.size()) {
                    modules.add(new MemoryModule().start());
                }
                // Each module gives its indexes out in order.
                frames.add(MemoryModule.frame(i % MemoryModule.MAX_SOCKETS, new byte[1]));
                SocketChannel channel =
                        provider(modules.get(modules.size() - 1)).openSocketChannel();
                channel.connect(InetSocketAddress.createUnresolved("benchmark.test", 80));
                register(channel);
            }
        }

        private static SelectorProvider provider(MemoryModule module) {
            return new ModuleSelectorProvider(module.engine(), null);
        }

        @Override
        void give(int index) {
            byte[] frame = frames.get(index);
            modules.get(index / MemoryModule.MAX_SOCKETS).push(frame, 0, frame.length);
        }

        @Override
        public void close() throws IOException {
            super.close();
            modules.forEach(MemoryModule::close);
        }
    }

    /** The JDK's selector over pipes. */
    static final class OfPipes extends SelectorBed {

        private final List<Pipe.SinkChannel> sinks = new ArrayList<>();
        private final ByteBuffer oneByte = ByteBuffer.allocateDirect(1);

        OfPipes(int channels) throws IOException {
            super(Selector.open());
            for (int i = 0; i < channels; i++) {
                Pipe pipe = Pipe.open();
                sinks.add(pipe.sink());
                register(pipe.source());
            }
        }

        @Override
        void give(int index) throws IOException {
            sinks.get(index).write(oneByte.clear());
        }

        @Override
        public void close() throws IOException {
            super.close();
            for (Pipe.SinkChannel sink : sinks) {
                sink.close();
            }
        }
    }
}
