package io.uartnio.nio;

import java.io.IOException;

/** The contract as the JDK's own selector keeps it. */
class JdkSelectorTest extends SelectorContract {

    @Override
    Stack createStack() throws IOException {
        return new JdkStack();
    }
}
