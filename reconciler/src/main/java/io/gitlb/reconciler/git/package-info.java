// SPDX-License-Identifier: Apache-2.0
/// Git, through JGit: the config branch as a
/// [DefinitionSource][io.gitlb.reconciler.loop.DefinitionSource], the ledger branch as a
/// [LedgerStore][io.gitlb.reconciler.loop.LedgerStore].
///
/// Both keep a bare repository under the state directory and never a work tree. A remote that is
/// away, refuses us or has moved on is an answer and comes back as a value; inside the package
/// exceptions travel up to one place, [Faults], that turns them into words for people. Every
/// conversation with a remote has JGit's own time-out for silence and, around it, a deadline after
/// which it is cut off.
///
/// JGit reads user and system configuration, environment variables and hooks when it is left alone;
/// here it is not ([IsolatedSystemReader]).
@NullMarked
package io.gitlb.reconciler.git;

import org.jspecify.annotations.NullMarked;
