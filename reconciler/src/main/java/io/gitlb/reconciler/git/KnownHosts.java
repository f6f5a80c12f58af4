// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.eclipse.jgit.internal.transport.sshd.OpenSshServerKeyDatabase;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.jspecify.annotations.Nullable;

/// The SSH servers that we talk to: those whose keys are in one file, and nobody else. Nothing is
/// asked and nothing is ever added to the file. Remembers what it refused, for the message.
final class KnownHosts implements ServerKeyDatabase {

  private final Path file;
  private final ServerKeyDatabase database;
  private volatile Optional<String> refused = Optional.empty();

  KnownHosts(Path file) {
    this.file = file;
    this.database = new OpenSshServerKeyDatabase(false, List.of(file));
  }

  /// What the last refused server offered, in words; empty when none was refused since the last
  /// call.
  Optional<String> takeRefused() {
    Optional<String> taken = refused;
    refused = Optional.empty();
    return taken;
  }

  @Override
  public List<PublicKey> lookup(
      String connectAddress, InetSocketAddress remoteAddress, Configuration configuration) {
    return database.lookup(connectAddress, remoteAddress, new MatchOnly(configuration));
  }

  @Override
  public boolean accept(
      String connectAddress,
      InetSocketAddress remoteAddress,
      PublicKey serverKey,
      Configuration configuration,
      @Nullable CredentialsProvider provider) {
    boolean accepted =
        database.accept(
            connectAddress, remoteAddress, serverKey, new MatchOnly(configuration), null);
    if (!accepted) {
      refused =
          Optional.of(
              "the server at %s offers the %s key %s, which %s does not list for it"
                  .formatted(
                      connectAddress,
                      KeyUtils.getKeyType(serverKey),
                      KeyUtils.getFingerPrint(serverKey),
                      file));
    }
    return accepted;
  }

  /// Nothing but a match will do, whatever was configured elsewhere.
  private record MatchOnly(Configuration given) implements Configuration {

    @Override
    public List<String> getUserKnownHostsFiles() {
      return List.of();
    }

    @Override
    public List<String> getGlobalKnownHostsFiles() {
      return List.of();
    }

    @Override
    public StrictHostKeyChecking getStrictHostKeyChecking() {
      return StrictHostKeyChecking.REQUIRE_MATCH;
    }

    @Override
    public boolean getHashKnownHosts() {
      return false;
    }

    @Override
    public String getUsername() {
      return given.getUsername();
    }
  }
}
