// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// Says in one line for people what an exception of the network means.
final class Failures {

  private static final String CLOSED = "the connection was closed before the answer was there";

  private Failures() {}

  static String reason(Throwable failure) {
    List<Throwable> causes =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(10).toList();
    return Stream.<Optional<String>>of(
            first(causes, NotSslRecordException.class)
                .map(_ -> "the other side does not speak TLS"),
            first(causes, CertificateException.class).map(Failures::certificate),
            first(causes, SSLException.class).map(Failures::tls),
            first(causes, ConnectTimeoutException.class).map(_ -> "no connection in time"),
            first(causes, BindException.class).map(Failures::plain),
            first(causes, ConnectException.class).map(Failures::plain),
            first(causes, UnknownHostException.class)
                .map(e -> "the host name cannot be resolved: " + e.getMessage()),
            first(causes, TooLongFrameException.class).map(_ -> "the answer is too large"),
            first(causes, ClosedChannelException.class).map(_ -> CLOSED),
            first(causes, PrematureChannelClosureException.class).map(_ -> CLOSED))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> plain(failure));
  }

  /// Of an attempt to connect. The text that comes with a refusal is in the system's language; its
  /// type is thrown for nothing else but ETIMEDOUT, which our own time limit comes before.
  static HttpResult.Unreachable.Kind kind(Throwable failure) {
    return failure instanceof ConnectException && !(failure instanceof ConnectTimeoutException)
        ? HttpResult.Unreachable.Kind.REFUSED
        : HttpResult.Unreachable.Kind.OTHER;
  }

  private static <T extends Throwable> Optional<T> first(List<Throwable> causes, Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  private static String certificate(CertificateException e) {
    String text = oneLine(e);
    if (text.contains("unable to find valid certification path")) {
      return "the other side's certificate is not of an authority that we trust";
    }
    return "the other side's certificate is not accepted: " + text;
  }

  private static String tls(SSLException e) {
    String text = oneLine(e);
    String lowerCase = text.toLowerCase(Locale.ROOT);
    if (lowerCase.contains("received fatal alert: certificate_required")) {
      return "TLS: the other side requires a certificate of an authority that it trusts, ours is not"
          + " (certificate_required)";
    }
    if (lowerCase.contains("empty client certificate")) {
      return "TLS: the client has no certificate of an authority that we trust";
    }
    if (lowerCase.contains("received fatal alert: certificate_")
        || lowerCase.contains("received fatal alert: bad_certificate")
        || lowerCase.contains("received fatal alert: unknown_ca")) {
      return "TLS: the other side does not accept our certificate (" + text + ")";
    }
    return "TLS: " + text;
  }

  /// Of the innermost cause that says something.
  private static String plain(Throwable e) {
    return Optional.ofNullable(e.getMessage())
        .map(message -> message.lines().findFirst().orElse(""))
        .filter(message -> !message.isBlank())
        .orElse(e.getClass().getSimpleName());
  }

  private static String oneLine(Throwable e) {
    Throwable innermost = e;
    for (int i = 0; i < 10; i++) {
      Throwable cause = innermost.getCause();
      if (cause == null) {
        break;
      }
      innermost = cause;
    }
    return plain(innermost);
  }
}
