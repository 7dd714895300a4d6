package io.uartnio.nio;

import java.io.IOException;

/** The contract as this project's selector keeps it for the JDK's channels, and what is at stake in hosting them. */
class HostedSelectorTest extends SelectorContract {

    @Override
    Stack createStack() throws IOException {
        return new HostedStack();
    }
}
