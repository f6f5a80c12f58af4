// SPDX-License-Identifier: Apache-2.0
/// Commands that people and pipelines run beside the reconciler: they read a repository, ask the
/// pure packages and print. They never start the loop and never write to the repository.
@NullMarked
package io.gitlb.reconciler.cli;

import org.jspecify.annotations.NullMarked;
