package io.uartnio.netty;

import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The kinds of event loops that a channel over a module has to work on. */
enum Loops {
    /** Netty's usual one. */
    NIO {
        @Override
        EventLoopGroup open() {
            return group(NioIoHandler.newFactory());
        }
    },
    /** Loops that wait for tasks and nothing else. */
    DEFAULT {
        @Override
        @SuppressWarnings("deprecation") // programs have it all the same
        EventLoopGroup open() {
            return new DefaultEventLoopGroup(LOOPS, new DefaultThreadFactory("test-default", true));
        }
    },
    /** Loops whose handler would refuse the handle of any channel over a wire. */
    LOCAL {
        @Override
        EventLoopGroup open() {
            return group(LocalIoHandler.newFactory());
        }
    },
    /** Where the system has it. */
    EPOLL {
        @Override
        EventLoopGroup open() {
            Assumptions.assumeTrue(Epoll.isAvailable(), "no epoll here");
            return group(EpollIoHandler.newFactory());
        }
    },
    /** Driven by a thread of the test's, as a program with a loop of its own does. */
    MANUAL {
        @Override
        EventLoopGroup open() {
            ManualIoEventLoop loop = new ManualIoEventLoop(null, NioIoHandler.newFactory());
            Thread driver = new Thread(
                    () -> {
                        loop.setOwningThread(Thread.currentThread());
                        while (!loop.isTerminated()) {
                            loop.run(TimeUnit.SECONDS.toNanos(1));
                        }
                    },
                    "test-manual");
            driver.setDaemon(true);
            driver.start();
            return loop;
        }
    };

    private static final int LOOPS = 2;

    abstract EventLoopGroup open();

    private static EventLoopGroup group(IoHandlerFactory handlers) {
        return new MultiThreadIoEventLoopGroup(LOOPS, new DefaultThreadFactory("test-io", true), handlers);
    }

    static void close(EventLoopGroup group) {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
