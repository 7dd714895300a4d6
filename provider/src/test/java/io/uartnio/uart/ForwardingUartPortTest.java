package io.uartnio.uart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of a port and of its listener, those with a default too, reaches the other side of each decorator. */
class ForwardingUartPortTest {

    private static final LineSettings SETTINGS = new LineSettings(115_200, true);
    private static final byte[] BYTES = new byte[16];

    @TempDir
    static Path directory;

    private final IOException cause = new IOException("the cause");

    /** Calls, the name first and the arguments behind it. */
    private final List<List<Object>> calls = new ArrayList<>();

    /** What the port below was opened with. */
    private UartPort.Listener given;

    @AfterEach
    void noTraceIsLeft() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("uartnio-trace-")));
    }

    static Stream<Named<UnaryOperator<UartPort>>> decorators() {
        return Stream.of(
                Named.of("forwarding", ForwardingUartPortTest::forwarding),
                Named.of("guarded", port -> new GuardedUartPort(port, 60_000)),
                Named.of("tracing", port -> WireTrace.to(directory.resolve("trace"), port)));
    }

    private static UartPort forwarding(UartPort port) {
        return new ForwardingUartPort(port) {
            @Override
            public void open(LineSettings settings, Listener listener) throws IOException {
                super.open(settings, new ForwardingListener(listener));
            }
        };
    }

    @ParameterizedTest
    @MethodSource("decorators")
    void everyCallReachesThePortBelow(UnaryOperator<UartPort> decorator) throws Exception {
        UartPort below = recorder(UartPort.class);
        UartPort port = decorator.apply(below);
        for (Method method : methods(UartPort.class)) {
            calls.clear();
            Object[] arguments = arguments(method);
            Object result = method.invoke(port, arguments);
            assertThat(result).as(method.getName()).isEqualTo(sample(method.getReturnType()));
            List<Object> call = calls.stream()
                    .filter(each -> each.get(0).equals(method.getName()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("not forwarded: " + method));
            // A listener is told through another.
            int count = method.getName().equals("open") ? 1 : arguments.length;
            assertThat(call.subList(1, 1 + count))
                    .isEqualTo(Arrays.asList(arguments).subList(0, count));
            if (method.getName().equals("open")) {
                given = (UartPort.Listener) call.get(2);
            }
        }
        given.onClosed(null);
    }

    @ParameterizedTest
    @MethodSource("decorators")
    void everythingDeliveredReachesTheListener(UnaryOperator<UartPort> decorator) throws Exception {
        UartPort below = recorder(UartPort.class);
        UartPort.Listener listener = recorder(UartPort.Listener.class);
        decorator.apply(below).open(SETTINGS, listener);
        given = (UartPort.Listener) calls.stream()
                .filter(each -> each.get(0).equals("open"))
                .findFirst()
                .orElseThrow()
                .get(2);
        // The close comes last, as it does in life.
        for (Method method : methods(UartPort.Listener.class)) {
            calls.clear();
            Object[] arguments = arguments(method);
            method.invoke(given, arguments);
            List<Object> expected = new ArrayList<>(List.of(method.getName()));
            expected.addAll(Arrays.asList(arguments));
            assertThat(calls).as(method.getName()).contains(expected);
        }
    }

    private static List<Method> methods(Class<?> type) {
        return Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .sorted((a, b) -> Boolean.compare(isClose(a), isClose(b)))
                .toList();
    }

    private static boolean isClose(Method method) {
        return method.getName().toLowerCase(Locale.ROOT).contains("close");
    }

    private <T> T recorder(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            List<Object> call = new ArrayList<>(List.of(method.getName()));
            call.addAll(Arrays.asList(args == null ? new Object[0] : args));
            synchronized (calls) {
                calls.add(call);
            }
            return sample(method.getReturnType());
        }));
    }

    private Object[] arguments(Method method) {
        return Stream.of(method.getParameterTypes()).map(this::argument).toArray();
    }

    private Object argument(Class<?> type) {
        return type == UartPort.Listener.class ? recorder(UartPort.Listener.class) : sample(type);
    }

    /** A value that no default returns. */
    private Object sample(Class<?> type) {
        if (type == void.class) {
            return null;
        } else if (type == boolean.class) {
            return true;
        } else if (type == int.class) {
            return 3;
        } else if (type == long.class) {
            return 4L;
        } else if (type == String.class) {
            return "port";
        } else if (type == byte[].class) {
            return BYTES;
        } else if (type == Set.class) {
            return Set.of(ControlLine.DTR);
        } else if (type == ControlLine.class) {
            return ControlLine.RTS;
        } else if (type == LineSettings.class) {
            return SETTINGS;
        } else if (type == IOException.class) {
            return cause;
        }
        throw new IllegalArgumentException("no sample of a type: type=" + type);
    }
}
