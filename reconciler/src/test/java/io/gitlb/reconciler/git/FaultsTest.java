// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.util.Arrays;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;

/// Failures that cannot be had from a real part in a test, and the words that all share.
class FaultsTest {

  private static final Faults FAULTS = new Faults("https://git.example.org/net.git");

  private static String of(Exception thrown) {
    return FAULTS.of(thrown).toString();
  }

  @Test
  void aHostThatIsUnknownIsUnreachable() {
    String expected =
        "GLB2003 https://git.example.org/net.git: the host name is unknown. Check the URL and the DNS";
    assertEquals(
        expected, of(new TransportException("cannot open", new UnknownHostException("git"))));
    assertEquals(
        expected, of(new TransportException("cannot open", new UnresolvedAddressException())));
  }

  @Test
  void aFullDiskIsNotTakenForDamage() {
    IOException full =
        new IOException(
            "cannot store",
            new MissingObjectException(ObjectId.zeroId(), "blob")
                .initCause(new IOException("No space left on device")));
    assertFalse(Faults.isDamage(full));
    assertEquals(
        "GLB2014 https://git.example.org/net.git: no space left for the local copy (No space left"
            + " on device). Make room on the state directory's disk",
        of(full));
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsNamed() {
    assertEquals(
        "GLB2015 https://git.example.org/net.git: the local copy cannot be used:"
            + " AccessDeniedException /var/lib/gitlb/config.git. Check the owner and permissions of"
            + " the state directory",
        of(new AccessDeniedException("/var/lib/gitlb/config.git")));
  }

  @Test
  void damageIsToldFromTroubleWithTheRemote() {
    assertTrue(Faults.isDamage(new MissingObjectException(ObjectId.zeroId(), "blob")));
    assertTrue(
        Faults.isDamage(
            new TransportException("x", new MissingObjectException(ObjectId.zeroId(), "blob"))));
    assertFalse(Faults.isDamage(new TransportException("remote hung up")));
    assertFalse(Faults.isDamage(new GitProblemException(GitFailure.MISSING_REF, "no branch")));
  }

  @Test
  void anythingElseIsSaidToBeOurFault() {
    assertEquals(
        "GLB2099 https://git.example.org/net.git: NullPointerException: x. This is a fault of"
            + " GitLB; please report it",
        of(new NullPointerException("NullPointerException: x")));
  }

  @Test
  void noMessageHasTwoLinesOrAPassword() {
    assertEquals(
        "at https://git.example.org/a and ssh://h/b",
        OneLine.of("at https://me:s3cret@git.example.org/a\r\n and\tssh://git@h/b?token=s3cret"));
    assertEquals("https://host/x", OneLine.of("https://me:with/slash@and@host/x"));
    assertEquals(
        "GLB2001 'ftp://host/x' cannot be used as a repository: the scheme is not supported."
            + " Allowed are a path, file://, ssh://, user@host:path, http:// and https://",
        GitRemote.of("ftp://me:s3cret@host/x", "main", GitCredentials.NONE)
            .problems()
            .getFirst()
            .toString());
    assertEquals(1_001, OneLine.of("x".repeat(5_000)).length());
  }

  @Test
  void everyCodeIsGivenOnce() {
    assertEquals(
        GitFailure.values().length,
        Arrays.stream(GitFailure.values()).map(GitFailure::code).distinct().count());
    assertTrue(
        Arrays.stream(GitFailure.values()).allMatch(kind -> kind.code().matches("GLB2\\d{3}")));
  }
}
