// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.git.Deadline.DeadlineExceededException;
import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.CorruptPackIndexException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoPackSignatureException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.PackInvalidException;
import org.eclipse.jgit.errors.PackMismatchException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.errors.UnsupportedPackIndexVersionException;
import org.eclipse.jgit.errors.UnsupportedPackVersionException;

/// The one place that turns exceptions into words for people.
///
/// JGit tells many cases apart by message only; the texts that are looked for are those of the
/// version in the parent pom, and the tests against real servers hold them.
final class Faults {

  private static final List<String> CREDENTIAL_TEXTS =
      List.of(
          "not authorized",
          "authentication is required",
          "authentication not supported",
          "not permitted",
          "no more authentication methods",
          "cannot log in",
          "auth fail",
          "permission denied");

  private static final List<String> FULL_TEXTS =
      List.of("no space left on device", "disk quota exceeded", "not enough space");

  /// What a damaged repository makes JGit throw.
  private static final List<Class<? extends Throwable>> DAMAGE =
      List.of(
          MissingObjectException.class,
          CorruptObjectException.class,
          CorruptPackIndexException.class,
          IncorrectObjectTypeException.class,
          NoPackSignatureException.class,
          PackInvalidException.class,
          PackMismatchException.class,
          UnsupportedPackIndexVersionException.class,
          UnsupportedPackVersionException.class,
          RepositoryNotFoundException.class,
          ConfigInvalidException.class,
          DataFormatException.class);

  private final String where;

  /// @param where the repository, for people
  Faults(String where) {
    this.where = where;
  }

  /// Whether the local copy is to blame, so that making it anew may help.
  static boolean isDamage(Throwable thrown) {
    List<Throwable> chain = chain(thrown);
    return !(chain.getFirst() instanceof GitProblemException)
        && !isFull(chain)
        && chain.stream().anyMatch(link -> DAMAGE.stream().anyMatch(kind -> kind.isInstance(link)));
  }

  /// The failure that an exception stands for.
  Failure of(Throwable thrown) {
    List<Throwable> chain = chain(thrown);
    return Stream.<Optional<Failure>>of(
            own(chain),
            local(chain),
            proxy(chain),
            network(chain),
            tls(chain),
            refused(chain),
            damaged(thrown),
            remote(chain))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> rest(chain));
  }

  private Optional<Failure> own(List<Throwable> chain) {
    return first(chain, GitProblemException.class)
        .map(GitProblemException::failure)
        .or(
            () ->
                first(chain, DeadlineExceededException.class)
                    .map(late -> say(GitFailure.TIMEOUT, timeout(text(late)))))
        .or(
            () ->
                first(chain, InterruptedException.class)
                    .map(_ -> say(GitFailure.TIMEOUT, "stopped before the remote had answered")));
  }

  private Optional<Failure> local(List<Throwable> chain) {
    if (isFull(chain)) {
      return Optional.of(
          say(
              GitFailure.DISK_FULL,
              "no space left for the local copy (%s). Make room on the state directory's disk"
                  .formatted(text(chain.getLast()))));
    }
    return first(chain, FileSystemException.class)
        .map(
            e ->
                say(
                    GitFailure.LOCAL_STORAGE,
                    "the local copy cannot be used: %s %s. Check the owner and permissions of the state directory"
                        .formatted(e.getClass().getSimpleName(), text(e))));
  }

  /// The JDK says so by message only, for https; for http JGit shows the status.
  private Optional<Failure> proxy(List<Throwable> chain) {
    return chain.stream()
        .map(Faults::text)
        .filter(
            text ->
                text.contains("Unable to tunnel through proxy")
                    || text.contains("Proxy Authentication Required"))
        .findFirst()
        .map(
            text ->
                say(
                    GitFailure.PROXY,
                    "the proxy does not let us through (%s). Check its login, and whether it allows this server"
                        .formatted(text)));
  }

  private Optional<Failure> network(List<Throwable> chain) {
    if (has(chain, UnknownHostException.class) || has(chain, UnresolvedAddressException.class)) {
      return Optional.of(
          say(GitFailure.UNREACHABLE, "the host name is unknown. Check the URL and the DNS"));
    }
    if (has(chain, ConnectException.class) || has(chain, NoRouteToHostException.class)) {
      return Optional.of(
          say(
              GitFailure.UNREACHABLE,
              "nobody answers (%s). Check host and port of the URL, and the network"
                  .formatted(text(chain.getLast()))));
    }
    if (has(chain, InterruptedIOException.class) || has(chain, HttpTimeoutException.class)) {
      return Optional.of(say(GitFailure.TIMEOUT, timeout("the remote fell silent")));
    }
    return Optional.empty();
  }

  private Optional<Failure> tls(List<Throwable> chain) {
    if (has(chain, CertificateException.class) || has(chain, SSLPeerUnverifiedException.class)) {
      return Optional.of(
          say(
              GitFailure.TLS_TRUST,
              "the server's certificate is not trusted (%s). Set the CA file to the certificate authority that issued it"
                  .formatted(text(chain.getLast()))));
    }
    return first(chain, SSLException.class)
        .map(
            e ->
                say(
                    GitFailure.TLS_TRUST,
                    "no TLS connection (%s). Check that the port speaks https".formatted(text(e))));
  }

  private Optional<Failure> refused(List<Throwable> chain) {
    boolean credentials =
        chain.stream()
            .map(link -> text(link).toLowerCase(Locale.ROOT))
            .anyMatch(text -> CREDENTIAL_TEXTS.stream().anyMatch(text::contains));
    if (credentials) {
      return Optional.of(
          say(
              GitFailure.BAD_CREDENTIALS,
              "the server refuses us (%s). Check user, password or token, or key, and what they may do with this repository"
                  .formatted(text(chain.getFirst()))));
    }
    return first(chain, NoRemoteRepositoryException.class)
        .map(
            e ->
                say(
                    GitFailure.NOT_A_REPOSITORY,
                    "there is no Git repository (%s). Check the path in the URL; some servers say so too when the credentials may not read it"
                        .formatted(text(e))));
  }

  private Optional<Failure> damaged(Throwable thrown) {
    return isDamage(thrown)
        ? Optional.of(
            say(
                GitFailure.MIRROR_DAMAGED,
                "the local copy is damaged (%s); it is made anew from the remote at the next try"
                    .formatted(text(thrown))))
        : Optional.empty();
  }

  private Optional<Failure> remote(List<Throwable> chain) {
    return has(chain, TransportException.class) || has(chain, SocketException.class)
        ? Optional.of(
            say(
                GitFailure.REMOTE_ERROR,
                "the conversation with the server failed (%s)".formatted(texts(chain))))
        : Optional.empty();
  }

  private Failure rest(List<Throwable> chain) {
    return has(chain, IOException.class)
        ? say(
            GitFailure.LOCAL_STORAGE, "the local copy cannot be used (%s)".formatted(texts(chain)))
        : say(
            GitFailure.UNEXPECTED,
            "%s. This is a fault of GitLB; please report it".formatted(texts(chain)));
  }

  private static String timeout(String found) {
    return found + ". It may be overloaded, or something on the way drops packets";
  }

  private Failure say(GitFailure kind, String message) {
    return kind.with(where + ": " + message);
  }

  private static boolean isFull(List<Throwable> chain) {
    return chain.stream()
        .map(link -> text(link).toLowerCase(Locale.ROOT))
        .anyMatch(text -> FULL_TEXTS.stream().anyMatch(text::contains));
  }

  private static <T> Optional<T> first(List<Throwable> chain, Class<T> kind) {
    return chain.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private static boolean has(List<Throwable> chain, Class<?> kind) {
    return chain.stream().anyMatch(kind::isInstance);
  }

  private static String texts(List<Throwable> chain) {
    String outer = text(chain.getFirst());
    String inner = text(chain.getLast());
    return outer.contains(inner) ? outer : outer + ": " + inner;
  }

  private static String text(Throwable thrown) {
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }

  /// The exception and its causes, outermost first; at most as many as no sane chain has.
  private static List<Throwable> chain(Throwable thrown) {
    int longest = 20;
    List<Throwable> chain = new ArrayList<>();
    for (@SuppressWarnings("NullAway") Throwable link = thrown;
        link != null && chain.size() < longest;
        link = link.getCause()) {
      chain.add(link);
    }
    return chain;
  }
}
