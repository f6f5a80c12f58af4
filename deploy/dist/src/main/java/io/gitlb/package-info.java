// SPDX-License-Identifier: Apache-2.0
/// The one program: `gitlb` with all its sub-commands.
///
/// [Gitlb] is the main class of the distribution. It only collects the commands of the modules
/// under one root, and gives them what a user meets everywhere: the same exit codes, the same short
/// error lines without stack traces, `--help` on every level.
@NullMarked
package io.gitlb;

import org.jspecify.annotations.NullMarked;
