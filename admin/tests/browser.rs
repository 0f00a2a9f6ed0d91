//! The whole story in headless Chromium.
