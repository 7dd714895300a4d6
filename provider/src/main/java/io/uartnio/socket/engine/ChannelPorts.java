package io.uartnio.socket.engine;

import io.uartnio.AccessMode;
import io.uartnio.ModemException;
import io.uartnio.at.AtChannel;
import io.uartnio.at.CommandLane;
import io.uartnio.module.ModuleDriver;
import io.uartnio.socket.ModuleSocket;
import io.uartnio.uart.TimerThread;
import io.uartnio.uart.UartPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Channels of a multiplexer as sockets' own: each transparent stream has one, and everybody else goes on over the channel
 * of the commands meanwhile.
 *
 * <p>A socket that is to be transparent is connected in buffer access mode and read over the commands' channel until
 * nothing is left; then it is moved from a channel of its own. While it is there no command concerns it. Behind the stream
 * it is a socket in buffer access mode, asked after and read like any other.
 *
 * <p>Threads: the commands' lane's, but for the methods that say so.
 */
final class ChannelPorts implements TransparentPorts, StreamPort.Watcher {

    private static final Logger LOG = System.getLogger(ChannelPorts.class.getName());

    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Connections connections;
    private final ReceiveModes modes;
    private final List<StreamPort> ports;
    private volatile AtChannel commands;
    private volatile CommandLane lane;
    private volatile ModuleDriver driver;

    ChannelPorts(Connections connections, ReceiveModes modes, List<UartPort> channels) {
        this.connections = connections;
        this.modes = modes;
        this.ports = channels.stream()
                .map(channel -> new StreamPort(channel, modes, this))
                .toList();
    }

    @Override
    public void attach(AtChannel newCommands, CommandLane newLane) {
        commands = newCommands;
        lane = newLane;
    }

    @Override
    public void setDriver(ModuleDriver newDriver) {
        driver = newDriver;
    }

    // ------------------------------------------------------------------ any thread

    @Override
    public void claim(EngineSocket socket) throws IOException {
        if (portOf(socket) != null) {
            return;
        }
        for (StreamPort port : ports) {
            if (port.claim(socket)) {
                return;
            }
        }
        throw new ModemException(
                "every channel for transparent access mode is taken: channels=" + ports.size(), commands.details());
    }

    private StreamPort portOf(EngineSocket socket) {
        for (StreamPort port : ports) {
            if (port.claimant() == socket || port.owner() == socket) {
                return port;
            }
        }
        return null;
    }

    private StreamPort portOwnedBy(EngineSocket socket) {
        for (StreamPort port : ports) {
            if (port.owner() == socket) {
                return port;
            }
        }
        return null;
    }

    @Override
    public void onUnwanted(EngineSocket socket) {
        StreamPort port = portOf(socket);
        if (port == null) {
            return;
        }
        if (port.owner() == socket) {
            port.wake();
        } else {
            look(port);
        }
    }

    @Override
    public void onWanted(EngineSocket socket) {
        StreamPort port = portOf(socket);
        if (port != null) {
            look(port);
        }
    }

    private void look(StreamPort port) {
        lane.submit(() -> prepare(port));
    }

    @Override
    public void onWritten(EngineSocket socket) {
        StreamPort port = portOwnedBy(socket);
        if (port != null) {
            port.wake();
        }
    }

    @Override
    public void afterRead(EngineSocket socket) {
        StreamPort port = portOwnedBy(socket);
        if (port != null) {
            port.afterRead();
        }
    }

    @Override
    public AccessMode inForce(EngineSocket socket) {
        return isApart(socket) ? AccessMode.TRANSPARENT : socket.receive().inForce();
    }

    @Override
    public boolean isOwned() {
        return false;
    }

    @Override
    public boolean isApart(EngineSocket socket) {
        return portOwnedBy(socket) != null;
    }

    @Override
    public void shutDown() {
        ports.forEach(StreamPort::shutDown);
    }

    // ------------------------------------------------------------------ the channels' lanes

    @Override
    public void onOpened(StreamPort port, IOException cause) {
        lane.submit(() -> {
            port.onOpenEnded();
            EngineSocket socket = port.claimant();
            if (cause != null && socket != null) {
                LOG.log(
                        Level.WARNING,
                        "channel cannot be opened, the socket stays in buffer access mode: {0}",
                        cause.getMessage());
                port.giveUp(socket);
            } else {
                prepare(port);
            }
        });
    }

    @Override
    public void onLeft(StreamPort port, EngineSocket socket, boolean refused) {
        lane.submit(() -> takeBack(port, socket, refused));
    }

    @Override
    public void onLost(StreamPort port, EngineSocket socket, IOException cause) {
        socket.fail(cause);
        lane.submit(() -> {
            giveUp(port, socket);
            connections.release(socket);
        });
    }

    // ------------------------------------------------------------------ the commands' lane

    /** Looks whether the port can be given to whoever has asked for it. */
    private void prepare(StreamPort port) throws IOException {
        EngineSocket socket = port.claimant();
        if (socket == null || port.owner() != null) {
            return;
        }
        if (!isStillWanted(socket)) {
            if (socket.state() != ModuleSocket.State.CONNECTING) {
                giveUp(port, socket);
            }
        } else if (!port.isOpen()) {
            port.openLater(driver, commands.baudRate());
        } else if (isReady(socket)) {
            port.give(socket, driver);
        } else {
            TimerThread.schedule(() -> look(port), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp(StreamPort port, EngineSocket socket) throws IOException {
        port.giveUp(socket);
        if (port.claimant() != null) {
            prepare(port);
        }
    }

    /** What the module holds is read to the end, and the switch follows at once; see {@link BarePort}. */
    private boolean isReady(EngineSocket socket) throws IOException {
        return socket.receive().isBufferedAndRead()
                && socket.received().isBelowLowWater()
                && socket.receive().steps().isEmptied();
    }

    private static boolean isStillWanted(EngineSocket socket) {
        return socket.state() == ModuleSocket.State.CONNECTED
                && !socket.isCloseAnnounced()
                && socket.isTransparentWanted();
    }

    /** The socket is one in buffer access mode again, if it lives; what looked like its end may have been none. */
    private void takeBack(StreamPort port, EngineSocket socket, boolean refused) throws IOException {
        giveUp(port, socket);
        if (!refused) {
            socket.receive().steps().countSwitch();
        }
        if (socket.isClosed() || socket.state() == ModuleSocket.State.FAILED) {
            connections.closeStepLater(socket);
            return;
        }
        socket.sentAudit().lookSoon();
        socket.sendIdle();
        if (!driver.isConnected(socket.index(), socket.isTls())) {
            socket.announceClose();
            connections.drain(socket);
            return;
        }
        socket.receive().onDataWaiting();
        if (refused) {
            modes.onStreamRefused(socket);
        } else if (isStillWanted(socket)) {
            claim(socket);
            onWanted(socket);
        }
    }

    @Override
    public boolean mayOpen(EngineSocket socket) {
        return true;
    }

    @Override
    public boolean mayOpen(EngineEndpoint endpoint) {
        return true;
    }

    @Override
    public boolean serve() {
        return true;
    }

    /** Every socket has failed; the channels close with the line, and their lanes find that out. */
    @Override
    public void reset() {
        for (StreamPort port : ports) {
            EngineSocket socket = port.claimant();
            if (socket != null && port.owner() == null && !socket.isLive()) {
                port.giveUp(socket);
            } else {
                port.wake();
            }
        }
    }
}
