package io.uartnio.nio;

import java.io.IOException;

/** The contract as the JDK's own adaptor keeps it. */
class JdkSocketAdaptorTest extends SocketAdaptorContract {

    @Override
    Stack createStack() throws IOException {
        return new JdkStack();
    }
}
