/** What a family of modules must be able to do, and how one is found; a package for each family lies below. */
package io.uartnio.module;
