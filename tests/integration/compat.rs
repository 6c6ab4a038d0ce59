//! The calls of the systems that people move from, in those systems' own spelling.

mod betty_blocks;
mod cloud_cms;
mod structr;
