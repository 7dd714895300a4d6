package io.uartnio.nio;

import java.io.IOException;

/** The contract as the JDK's own channel keeps it. */
class JdkSocketChannelTest extends SocketChannelContract {

    @Override
    Stack createStack() throws IOException {
        return new JdkStack();
    }
}
