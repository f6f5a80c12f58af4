// SPDX-License-Identifier: Apache-2.0
/// The demo's Git host: a bare repository in a directory, filled and read with JGit, so that no
/// `git` program is needed. The only package of the demo that imports JGit.
@NullMarked
package io.gitlb.demo.git;

import org.jspecify.annotations.NullMarked;
