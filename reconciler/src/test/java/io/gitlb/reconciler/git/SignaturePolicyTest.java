// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static io.gitlb.reconciler.git.SigningAuthor.gpg;
import static io.gitlb.reconciler.git.SigningAuthor.ssh;
import static io.gitlb.reconciler.git.SigningAuthor.unsigned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Untrusted;
import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commits that the real git, ssh-keygen and gpg signed, and what the policy says of them.
class SignaturePolicyTest {

  private static final String POOL = "shared/pools/lan.yaml";
  private static final String PEER = "shared/peers/tor.yaml";

  @TempDir Path temp;
  private RemoteRepository remote;
  private SigningAuthor author;
  private Path anna;
  private Path net;
  private GpgHome gpg;
  private GitDefinitionSource source;

  @BeforeEach
  void start() throws IOException {
    remote = RemoteRepository.create(temp.resolve("remote.git"));
    author = SigningAuthor.clone(remote, temp.resolve("work"));
    anna = SigningKeys.ssh(temp.resolve("anna"), "ed25519");
    net = SigningKeys.ssh(temp.resolve("net"), "ecdsa");
    gpg = GpgHome.create(temp.resolve("gpg"));
    Files.writeString(
        temp.resolve("signers"),
        """
        # people
        anna@example.org namespaces="git" %s
        net@example.org %s
        """
            .formatted(SigningKeys.publicKey(anna), SigningKeys.publicKey(net)));
    policy("");
    source = open();
  }

  @AfterEach
  void stop() {
    source.close();
    gpg.close();
  }

  private GitDefinitionSource open() {
    return new GitDefinitionSource(
        GitRemote.of(remote.url(), "main", GitCredentials.NONE),
        List.of("shared"),
        temp.resolve("state"),
        new ConfigSafety(
            Optional.of(temp.resolve("policy.yaml")), Optional.empty(), InstantSource.system()));
  }

  /// Peers are the network people's, the rest is everybody's.
  private void policy(String more) throws IOException {
    Files.writeString(
        temp.resolve("policy.yaml"),
        """
        apiVersion: gitlb.io/v1
        kind: TrustPolicy
        allowedSigners: [signers]
        rules:
          - paths: ["**/peers/**"]
            signers: [net@example.org]
          - paths: ["**"]
            signers: ["*@example.org"]
        """
            + more);
  }

  private void trusted(String commit) {
    assertEquals(
        commit,
        assertInstanceOf(Found.class, source.fetch(source.accepted()), this::reasons).commit());
    source.accept(commit);
  }

  private String reasons() {
    ConfigFetch fetched = source.fetch(Optional.empty());
    return fetched instanceof Untrusted untrusted ? untrusted.why().toString() : fetched.toString();
  }

  private List<String> untrusted() {
    return assertInstanceOf(Untrusted.class, source.fetch(source.accepted())).why().stream()
        .map(Failure::toString)
        .toList();
  }

  private void untrusted(String commit, String code, String words) {
    List<String> why = untrusted();
    assertEquals(1, why.size(), why::toString);
    assertTrue(why.getFirst().startsWith(code + " "), why::toString);
    assertTrue(why.getFirst().contains("commit " + commit + " " + words), why::toString);
  }

  @Test
  void commitsThatTheRightPeopleSignedAreTrusted() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    trusted(author.commit(ssh(net), PEER, "peers"));
    author.commit(ssh(anna), POOL, "more");
    trusted(author.commit(ssh(net), POOL, "and more"));
  }

  @Test
  void anUnsignedCommitHiddenBelowASignedHeadIsFound() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    String hidden = author.commit(unsigned(), POOL, "hidden");
    author.commit(ssh(anna), POOL, "on top");
    untrusted(hidden, "GLB2202", "is not signed");
  }

  @Test
  void aKeyCountsForItsPathsOnly() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    String peers = author.commit(ssh(anna), PEER, "peers");
    untrusted(peers, "GLB2206", "is signed by SSH key SHA256:");
    assertTrue(
        untrusted().getFirst().contains("(anna@example.org), which may not change " + PEER),
        untrusted()::toString);
    assertEquals(new ConfigFetch.Unchanged(), source.fetch(Optional.of(peers)), "said once");
  }

  @Test
  void aKeyThatNobodyListedIsRefused() {
    Path other = SigningKeys.ssh(temp.resolve("other"), "ed25519");
    untrusted(author.commit(ssh(other), POOL, "pools"), "GLB2204", "is signed by SSH key SHA256:");
  }

  @Test
  void keysExpireAndAreRevoked() throws IOException {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    Files.writeString(
        temp.resolve("signers"),
        """
        anna@example.org valid-before="20260401Z" %s
        net@example.org %s
        """
            .formatted(SigningKeys.publicKey(anna), SigningKeys.publicKey(net)));
    trusted(author.commit(ssh(anna), POOL, "in time"));
    author.date("2026-04-02T00:00:00Z");
    untrusted(
        author.commit(ssh(anna), POOL, "too late"), "GLB2205", "is signed by SSH key SHA256:");
    assertTrue(untrusted().getFirst().contains("expired at 2026-04-01T00:00:00Z"));

    policy("revokedKeys: [revoked]\n");
    Files.writeString(temp.resolve("revoked"), SigningKeys.publicKey(net) + "\n");
    author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    String revoked = author.commit(ssh(net), POOL, "revoked");
    untrusted(revoked, "GLB2205", "is signed by SSH key SHA256:");
    assertTrue(untrusted().getFirst().endsWith("which is revoked"), untrusted()::toString);
  }

  @Test
  void aPolicyThatChangesJudgesARefusedHeadAnew() throws IOException {
    Path other = SigningKeys.ssh(temp.resolve("other"), "ed25519");
    trusted(author.commit(ssh(anna), POOL, "pools"));
    String head = author.commit(ssh(other), POOL, "new colleague");
    untrusted(head, "GLB2204", "is signed by");
    assertEquals(new ConfigFetch.Unchanged(), source.fetch(Optional.of(head)));
    Files.writeString(
        temp.resolve("signers"),
        Files.readString(temp.resolve("signers"))
            + "new@example.org "
            + SigningKeys.publicKey(other)
            + "\n");
    assertEquals(head, assertInstanceOf(Found.class, source.fetch(Optional.of(head))).commit());

    Files.writeString(temp.resolve("policy.yaml"), "kind: Nonsense\n");
    author.commit(ssh(anna), POOL, "next");
    assertTrue(untrusted().getFirst().startsWith("GLB2207 trust policy "), untrusted()::toString);
  }

  @Test
  void aMergeIsJudgedByItsOwnSignerAndWhatItBrings() {
    trusted(author.commit(ssh(net), PEER, "peers"));
    author.git().run("checkout", "--quiet", "-b", "feature");
    author.git().run("commit", "--quiet", "--allow-empty", "-m", "unsigned on a branch");
    author.git().run("rm", "--quiet", PEER);
    author.git().run("commit", "--quiet", "-m", "unsigned on a branch, too");
    author.git().run("checkout", "--quiet", "main");
    String merge = author.merge(ssh(anna), "feature");
    untrusted(merge, "GLB2206", "is signed by");
    author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    trusted(author.merge(ssh(net), "feature"));
  }

  /// The merge's first parent is the side branch: the accepted commit is reached by the second.
  @Test
  void aMergeTheWrongWayRoundHidesNothing() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    String accepted = author.git().run("rev-parse", "HEAD");
    String side = author.commit(unsigned(), "shared/pools/x.yaml", "side");
    author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    String next = author.commit(ssh(anna), POOL, "next");
    trusted(next);
    author.git().run("reset", "--quiet", "--hard", side);
    author.merge(ssh(anna), next);
    untrusted(side, "GLB2202", "is not signed");
    assertEquals(Optional.of(next), source.accepted());
    assertTrue(!accepted.equals(next));
  }

  /// What a Git host makes of a pull request: its own key signs merges and squashes, but not what
  /// "rebase and merge" makes.
  @Test
  void theHostsKeyIsAKeyLikeOthers() throws IOException {
    String flow = gpg.key("Web Flow <web-flow@example.net>");
    Path program = gpg.program(temp.resolve("gpg-program"));
    gpg.export(temp.resolve("flow.asc"), flow);
    policy("gpgKeys: [flow.asc]\n");
    Files.writeString(
        temp.resolve("policy.yaml"),
        Files.readString(temp.resolve("policy.yaml"))
            .replace("[\"*@example.org\"]", "[\"*@example.org\", web-flow@example.net]"));
    trusted(author.commit(ssh(anna), POOL, "pools"));
    author.git().run("checkout", "--quiet", "-b", "pr");
    author.commit(unsigned(), POOL, "by pull request");
    author.git().run("checkout", "--quiet", "main");
    trusted(author.merge(gpg(program, flow), "pr"));
    untrusted(author.commit(unsigned(), POOL, "rebased"), "GLB2202", "is not signed");
  }

  @Test
  void gpgKeysExpireAreRevokedAndMayBeUnknown() throws IOException {
    Path program = gpg.program(temp.resolve("gpg-program"));
    String old = gpg.key("Old <old@example.org>", "--faked-system-time", "20250101T000000!");
    String lost = gpg.key("Lost <lost@example.org>");
    String stranger = gpg.key("Stranger <stranger@example.org>");
    gpg.export(temp.resolve("keys.asc"), old, lost);
    policy("gpgKeys: [keys.asc]\n");
    trusted(author.commit(gpg(program, old), POOL, "good"));
    trusted(author.commit(gpg(program, lost), POOL, "good, too"));
    untrusted(
        author.commit(gpg(program, stranger), POOL, "who?"),
        "GLB2204",
        "is signed by the GPG key with the id " + stranger.substring(24));

    author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    String late = author.commit(gpg(program, old), POOL, "late");
    gpg.run("--faked-system-time", "20250102T000000!", "--quick-set-expire", old, "1w");
    gpg.export(temp.resolve("keys.asc"), old, lost);
    untrusted(late, "GLB2205", "is signed by GPG key " + old);

    author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    String revoked = author.commit(gpg(program, lost), POOL, "revoked");
    gpg.revoke(lost);
    gpg.export(temp.resolve("keys.asc"), old, lost);
    untrusted(revoked, "GLB2205", "is signed by GPG key " + lost);
  }

  @Test
  void aSealVouchesForWhatIsOlder() throws IOException {
    policy("sealers: [net@example.org]\n");
    author.commit(unsigned(), PEER, "long ago");
    String early = author.commit(unsigned(), POOL, "before signing began");
    assertEquals(2, untrusted().size());
    author.commit(ssh(anna), POOL, "not a sealer\n\nGitlb-Seal: please");
    assertEquals(2, untrusted().size(), untrusted()::toString);
    trusted(author.commit(ssh(net), POOL, "seal\n\nGitlb-Seal: signing begins"));
    assertTrue(!early.isEmpty());
    String after = author.commit(unsigned(), POOL, "unsigned after the seal");
    author.commit(ssh(anna), POOL, "fine");
    untrusted(after, "GLB2202", "is not signed");
  }

  @Test
  void whatThePolicyNamesAsOldIsNotLookedAt() throws IOException {
    String old = author.commit(unsigned(), POOL, "long ago");
    policy("since: " + old + "\n");
    trusted(author.commit(ssh(anna), POOL, "signed"));
  }

  @Test
  void aCommitThatWasChangedAfterItWasSignedIsRefused() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    for (List<String> how :
        List.of(ssh(anna), gpg(gpg.program(temp.resolve("p")), gpgKeyOfPolicy()))) {
      author.commit(how, POOL, "the original " + how.size());
      String raw = author.git().run("cat-file", "commit", "HEAD");
      byte[] changed =
          (raw.replace("the original", "the changed") + "\n").getBytes(StandardCharsets.UTF_8);
      String tampered = author.git().run(changed, "hash-object", "-t", "commit", "-w", "--stdin");
      author.git().run("reset", "--quiet", "--hard", tampered);
      author.push();
      untrusted(tampered, "GLB2203", "has a signature that is wrong");
      author.git().run("reset", "--quiet", "--hard", "HEAD~1");
    }
  }

  private String gpgKeyOfPolicy() {
    String key = gpg.key("Anna <anna@example.org>");
    gpg.export(temp.resolve("keys.asc"), key);
    try {
      policy("gpgKeys: [keys.asc]\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return key;
  }

  @Test
  void rubbishForASignatureIsRefused() {
    trusted(author.commit(ssh(anna), POOL, "pools"));
    for (String rubbish :
        List.of(
            "-----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----",
            "-----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----",
            "-----BEGIN SIGNED MESSAGE-----\n AAAA\n -----END SIGNED MESSAGE-----",
            "x")) {
      String raw = author.git().run("cat-file", "commit", "HEAD");
      String forged =
          raw.substring(0, raw.indexOf("gpgsig")) + "gpgsig " + rubbish + "\n\nforged\n";
      String commit =
          author
              .git()
              .run(
                  forged.getBytes(StandardCharsets.UTF_8),
                  "hash-object",
                  "-t",
                  "commit",
                  "-w",
                  "--stdin");
      author.git().run("push", "--quiet", "--force", "origin", commit + ":refs/heads/main");
      String next =
          author
              .git()
              .run(
                  "commit-tree",
                  commit + "^{tree}",
                  "-p",
                  source.accepted().orElseThrow(),
                  "-m",
                  "x");
      assertTrue(!next.isEmpty());
      ConfigFetch fetched = source.fetch(source.accepted());
      assertInstanceOf(Untrusted.class, fetched, rubbish);
    }
  }

  @Test
  void whatIsWrongWithThePolicyIsSaidWithItsPlace() throws IOException {
    Files.writeString(temp.resolve("signers"), "anna@example.org ssh-ed25519 AAAA\nnobody\n");
    Files.writeString(
        temp.resolve("policy.yaml"),
        """
        apiVersion: gitlb.io/v1
        kind: TrustPolicy
        allowedSigners: [signers]
        gpgKeys: [missing.asc]
        rules:
          - paths: ["**"]
            signers: [ana@example.org]
        """);
    Path file = temp.resolve("policy.yaml");
    assertEquals(
        List.of(
            "GLB2207 trust policy signers:1:1: the key is not of type ssh-ed25519, or not whole",
            "GLB2207 trust policy signers:2:1: not a line of an allowed signers file; it is: names"
                + " (with commas), options if any, key type, key, as in anna@example.org"
                + " ssh-ed25519 AAAA…",
            "GLB2207 trust policy %s:4:11: missing.asc cannot be read (NoSuchFileException)"
                .formatted(file),
            "GLB2207 trust policy %s:7:15: no key is called 'ana@example.org'; the keys are called nothing"
                .formatted(file)),
        PolicyFiles.problems(file).stream().map(Failure::toString).toList());
  }
}
