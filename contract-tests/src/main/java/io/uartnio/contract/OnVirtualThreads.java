package io.uartnio.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Runs each test of the class in a virtual thread, and with it the threads that the test starts; JDK 21 and later. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledForJreRange(min = JRE.JAVA_21)
@ExtendWith(OnVirtualThreads.Interceptor.class)
public @interface OnVirtualThreads {

    /** Takes each test over to a virtual thread. */
    final class Interceptor implements InvocationInterceptor {

        /** Made by JUnit. */
        public Interceptor() {}

        @Override
        public void interceptTestMethod(
                Invocation<Void> invocation,
                ReflectiveInvocationContext<Method> invocationContext,
                ExtensionContext extensionContext)
                throws Throwable {
            FutureTask<Void> test = new FutureTask<>(() -> {
                try {
                    return invocation.proceed();
                } catch (Exception | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
            });
            Thread thread = ThreadKind.VIRTUAL.start("test", test);
            try {
                test.get();
            } catch (ExecutionException e) {
                throw e.getCause();
            } catch (InterruptedException e) {
                thread.interrupt(); // the time limit of the test
                throw e;
            }
        }
    }
}
