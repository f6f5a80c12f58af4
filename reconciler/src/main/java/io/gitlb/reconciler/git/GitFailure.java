// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.Failure;

/// What can go wrong between us and a Git repository. A code, once released, never changes its
/// meaning and is never given to another failure.
public enum GitFailure {
  /// Not a URL, or one with a scheme that is not spoken.
  BAD_URL("GLB2001"),
  /// A file that the settings name (key, known hosts, password, CA) is missing or unusable.
  BAD_SETTINGS("GLB2002"),
  /// Nobody answers: no such host, connection refused, no route.
  UNREACHABLE("GLB2003"),
  /// Somebody answers, but there is no Git repository.
  NOT_A_REPOSITORY("GLB2004"),
  /// The repository has no such branch.
  MISSING_REF("GLB2005"),
  /// User, password, token or key were refused.
  BAD_CREDENTIALS("GLB2006"),
  /// The server's SSH key is not in the known hosts file.
  UNKNOWN_HOST_KEY("GLB2007"),
  /// The server's certificate is not trusted or not for this host.
  TLS_TRUST("GLB2008"),
  /// The remote took longer than allowed.
  TIMEOUT("GLB2009"),
  /// The remote answered with something else than Git expects, or broke off.
  REMOTE_ERROR("GLB2010"),
  /// The remote refuses the push for good: protected branch, hook.
  PUSH_REFUSED("GLB2011"),
  /// The remote could not take the push just now.
  REMOTE_BUSY("GLB2012"),
  /// The local copy is damaged and making it anew did not help.
  MIRROR_DAMAGED("GLB2013"),
  /// No space left for the local copy.
  DISK_FULL("GLB2014"),
  /// The local copy cannot be written or read: permissions, read-only disk, I/O errors.
  LOCAL_STORAGE("GLB2015"),
  /// The commit is not in the local copy.
  UNKNOWN_COMMIT("GLB2016"),
  /// The local branch is not where the caller's plan began: load again.
  LEDGER_MOVED("GLB2017"),
  /// The remote has never been asked, so nobody knows what the ledger holds.
  LEDGER_UNKNOWN("GLB2018"),
  /// The remote branch is not what we pushed last: set back, deleted or replaced.
  LEDGER_REWRITTEN("GLB2019"),
  /// The proxy does not let us through: it wants a login, or forbids.
  PROXY("GLB2040"),
  /// GitHub gives no token for the App.
  APP_TOKEN("GLB2041"),
  /// The config branch's head does not continue the accepted commit.
  CONFIG_REWRITTEN("GLB2201"),
  /// A commit that the trust policy asks a signature of has none.
  UNSIGNED("GLB2202"),
  /// A commit's signature is not one over that commit.
  WRONG_SIGNATURE("GLB2203"),
  /// A commit is signed by a key that the trust policy does not list.
  UNKNOWN_KEY("GLB2204"),
  /// A commit is signed by a key that is revoked or expired.
  UNUSABLE_KEY("GLB2205"),
  /// A commit changes a file that its signer may not change.
  NOT_FOR_PATH("GLB2206"),
  /// The trust policy, or a file of keys that it names, is missing or wrong.
  TRUST_POLICY("GLB2207"),
  /// Nobody can say which config commit was accepted last.
  MARKS_UNKNOWN("GLB2208"),
  /// The ledger's remote does not take the marks of accepted and held config commits.
  MARK_REFUSED("GLB2209"),
  /// The key that signs ledger commits is missing or unusable.
  SIGNING_KEY("GLB2210"),
  /// Somebody else committed on the ledger branch; it is undone.
  FOREIGN_COMMIT("GLB2301"),
  /// The ledger branch has no commit of the bot at all.
  FOREIGN_LEDGER("GLB2302"),
  /// Nothing was ever recorded for that address or Service.
  NEVER_RECORDED("GLB2060"),
  /// A fault of the program.
  UNEXPECTED("GLB2099");

  private final String code;

  GitFailure(String code) {
    this.code = code;
  }

  /// `GLB2` and three digits.
  public String code() {
    return code;
  }

  /// This failure in words.
  ///
  /// @param message where, what was found, what to do
  Failure with(String message) {
    return new Failure(code, OneLine.of(message));
  }
}
