package io.uartnio.nio;

import io.uartnio.contract.JdkStack;
import io.uartnio.socket.FakeModule;
import java.io.IOException;
import java.nio.channels.Selector;

/** The JDK's channels in the selector of this project. */
final class HostedStack extends JdkStack {

    private final FakeModule module = new FakeModule();

    HostedStack() throws IOException {}

    @Override
    public Selector openSelector() throws IOException {
        return new ModuleSelectorProvider(module, null).openSelector();
    }

    @Override
    public void close() throws IOException {
        module.close();
        super.close();
    }
}
