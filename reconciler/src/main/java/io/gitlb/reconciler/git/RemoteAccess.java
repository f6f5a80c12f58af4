// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;

/// Conversations with one remote: opened with its credentials, watched by a deadline, closed again.
final class RemoteAccess implements AutoCloseable {

  private final GitRemote remote;
  private final RemoteUrl url;
  private final WebAccess web;
  private Optional<SshAccess> ssh = Optional.empty();

  RemoteAccess(GitRemote remote) {
    this.remote = remote;
    this.url = RemoteUrl.parse(remote.url());
    this.web = new WebAccess(remote, InstantSource.system());
  }

  /// What is done while connected.
  interface Conversation<T> {
    T with(Transport transport) throws Exception;
  }

  /// For people.
  RemoteUrl url() {
    return url;
  }

  /// Connects, talks, closes.
  ///
  /// @param local the repository that objects go to or come from
  <T> T converse(Repository local, Duration limit, Conversation<T> conversation) throws Exception {
    try {
      return Deadline.run(limit, () -> talk(local, conversation));
    } catch (Exception e) {
      Optional<Failure> hostKey = refusedHostKey();
      if (hostKey.isPresent()) {
        throw new GitProblemException(hostKey.get());
      }
      throw e;
    }
  }

  /// A token that was held and is refused may have run out: a new one is got, once.
  private <T> T talk(Repository local, Conversation<T> conversation) throws Exception {
    try {
      return talkOnce(local, conversation);
    } catch (Exception e) {
      if (web.renews()) {
        return talkOnce(local, conversation);
      }
      throw e;
    }
  }

  private <T> T talkOnce(Repository local, Conversation<T> conversation) throws Exception {
    try (Transport transport = open(local)) {
      return conversation.with(transport);
    }
  }

  private Optional<Failure> refusedHostKey() {
    return ssh.flatMap(SshAccess::takeRefusedHostKey)
        .map(
            found ->
                GitFailure.UNKNOWN_HOST_KEY.with(
                    "%s: %s. Compare the fingerprint with the one that the server's operator publishes; if it is theirs, add the key to the file"
                        .formatted(url, found)));
  }

  private Transport open(Repository local) throws Exception {
    Transport transport =
        switch (url) {
          case RemoteUrl.Unusable(Failure failure) -> throw new GitProblemException(failure);
          case RemoteUrl.Local(Path path) -> openLocal(local, path);
          case RemoteUrl.Ssh(URIish uri) -> openSsh(local, uri);
          case RemoteUrl.Http http -> openHttp(local, http);
        };
    transport.setTimeout(Math.toIntExact(remote.silence().toSeconds()));
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setObjectChecker(lenient());
    transport.setPackConfig(withoutDeltas());
    return transport;
  }

  /// A push carries a few small trees and records: searching deltas among them took a tenth of the
  /// time of a burst of 5,000 allocations, and the remote packs anew anyway.
  private static PackConfig withoutDeltas() {
    PackConfig config = new PackConfig();
    config.setDeltaCompress(false);
    return config;
  }

  private Transport openLocal(Repository local, Path path) throws IOException, GitProblemException {
    if (!Files.isDirectory(path)) {
      throw new GitProblemException(
          GitFailure.NOT_A_REPOSITORY,
          "%s: there is no such directory. Check the path".formatted(url));
    }
    return Transport.open(local, new URIish().setScheme("file").setPath(path.toString()));
  }

  private Transport openSsh(Repository local, URIish uri) throws IOException, GitProblemException {
    if (ssh.isEmpty()) {
      ssh = Optional.of(SshAccess.of(url, remote.credentials()));
    }
    Transport transport = Transport.open(local, uri);
    ssh.get().configure(transport);
    return transport;
  }

  private Transport openHttp(Repository local, RemoteUrl.Http http) throws Exception {
    Transport transport = Transport.open(local, http.uri());
    if (transport instanceof TransportHttp own) {
      web.prepare(own, http);
    }
    return transport;
  }

  /// Refuses objects that would be trouble to read, but not the slips of old Git versions that many
  /// long-lived repositories carry.
  private static ObjectChecker lenient() {
    return new ObjectChecker().setAllowLeadingZeroFileMode(true).setAllowInvalidPersonIdent(true);
  }

  /// Turns what a conversation threw into words.
  Failure failure(Exception thrown) {
    return new Faults(url + web.way()).of(thrown);
  }

  @Override
  public void close() {
    ssh.ifPresent(SshAccess::close);
    ssh = Optional.empty();
  }
}
