//! How often will each customer buy again, and who has left unseen?
