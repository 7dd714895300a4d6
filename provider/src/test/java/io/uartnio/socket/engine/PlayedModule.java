package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModuleInfo;
import io.uartnio.at.AtCommand;
import io.uartnio.at.SendOutcome;
import io.uartnio.frame.FrameGrammar;
import io.uartnio.module.BringUpSettings;
import io.uartnio.module.ModuleDriver;
import io.uartnio.module.OpenRequest;
import io.uartnio.module.ReceiveCounters;
import io.uartnio.module.SendCounters;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** A module that obeys at once; a test says what it does otherwise by overriding. */
class PlayedModule implements ModuleDriver {

    static final int MAX_SEND_BYTES = 1460;

    @Override
    public ModuleInfo info() {
        return new ModuleInfo(
                "test",
                "test",
                "test",
                12,
                Set.of(AccessMode.BUFFER, AccessMode.DIRECT_PUSH, AccessMode.ADAPTIVE),
                true,
                List.of("TLSv1.2"),
                List.of());
    }

    @Override
    public FrameGrammar grammar() {
        return FrameGrammar.TEXT_ONLY;
    }

    @Override
    public AtCommand probe() {
        return AtCommand.of("AT");
    }

    @Override
    public int maxSendBytes() {
        return MAX_SEND_BYTES;
    }

    @Override
    public void bringUp(BringUpSettings settings) {}

    @Override
    public void check(OpenRequest request) {}

    @Override
    public void open(int index, OpenRequest request) {}

    @Override
    public boolean openOtherwise(int index, OpenRequest request, int code, int attempt) {
        return false;
    }

    @Override
    public boolean isNameUnknown(int code) {
        return false;
    }

    @Override
    public SendOutcome send(int index, boolean tls, byte[] payload, int offset, int length) {
        return SendOutcome.TAKEN;
    }

    @Override
    public IOException explainRefusal(int index, boolean tls) {
        return new IOException("refused");
    }

    @Override
    public int read(int index, boolean tls) {
        return 0;
    }

    @Override
    public ReceiveCounters receiveCounters(int index, boolean tls) throws IOException {
        return null;
    }

    @Override
    public boolean switchMode(int index, boolean tls, AccessMode mode) throws IOException {
        return true;
    }

    @Override
    public SendCounters sendCounters(int index, boolean tls) {
        return null;
    }

    @Override
    public boolean isConnected(int index, boolean tls) {
        return false;
    }

    @Override
    public boolean close(int index, boolean tls) {
        return true;
    }

    @Override
    public String openCommandName(boolean tls) {
        return "open";
    }

    @Override
    public String closeUnheardCommand(int index, boolean tls) {
        return "close";
    }

    @Override
    public void closeAll() {}

    @Override
    public List<Integer> openIndexes() {
        return List.of();
    }

    @Override
    public void restoreNetwork(BringUpSettings settings) {}

    @Override
    public void restart() {}

    @Override
    public void onUnsolicited(byte[] line, int offset, int length) {}
}
