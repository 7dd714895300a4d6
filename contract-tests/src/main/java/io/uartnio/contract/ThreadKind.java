package io.uartnio.contract;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Platform or virtual. The code is compiled for a JDK that knows no virtual threads, so their two methods are called
 * by reflection.
 */
enum ThreadKind {
    /** Threads of the operating system. */
    PLATFORM,
    /** Threads of JDK 21 and later that are carried by others. */
    VIRTUAL;

    private static final Method START_VIRTUAL = find("startVirtualThread", Runnable.class);
    private static final Method IS_VIRTUAL = find("isVirtual");

    private static Method find(String name, Class<?>... parameters) {
        try {
            return Thread.class.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            return null; // JDK 17
        }
    }

    /** Returns the kind of the calling thread. */
    static ThreadKind current() {
        if (IS_VIRTUAL == null) {
            return PLATFORM;
        }
        return (boolean) invoke(IS_VIRTUAL, Thread.currentThread()) ? VIRTUAL : PLATFORM;
    }

    /** Starts a daemon thread of this kind. */
    Thread start(String name, Runnable task) {
        if (this == PLATFORM) {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }
        if (START_VIRTUAL == null) {
            throw new UnsupportedOperationException("this JDK has no virtual threads");
        }
        return (Thread) invoke(START_VIRTUAL, null, task);
    }

    private static Object invoke(Method method, Object target, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("method of Thread cannot be called: " + method, e);
        }
    }
}
